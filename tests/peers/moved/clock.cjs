// Move the clock of a Node process, as sitecustomize.py moves a Python's.
const ahead = Number(process.env.MOVED_SECONDS) * 1000;
const Real = Date;

class Moved extends Real {
  constructor(...when) {
    super(...(when.length ? when : [Moved.now()]));
  }

  static now() {
    return Real.now() + ahead;
  }
}

// Without `new` a date is a text.
globalThis.Date = new Proxy(Moved, { apply: () => new Moved().toString() });
