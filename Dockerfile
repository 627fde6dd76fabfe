# healthrelay for a home: `docker build -t healthrelay .`, or compose.yaml. What it keeps is in /data.
FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements/run.txt requirements/
RUN python -m venv /app \
    && /app/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN /app/bin/pip install --no-cache-dir --no-deps . \
    && /app/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data healthrelay \
    && install --directory --owner=healthrelay --mode=0700 /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH HEALTHRELAY_HOME=/data PYTHONUNBUFFERED=1
USER healthrelay
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=1m --timeout=10s --start-period=20s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/relay?health', timeout=8)"]
ENTRYPOINT ["healthrelay"]
CMD ["serve", "--host", "0.0.0.0"]
