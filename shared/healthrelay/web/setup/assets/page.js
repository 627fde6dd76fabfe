// Optional: every page works without it.
for (const box of document.querySelectorAll(".copy[data-copy]")) {
  const button = document.createElement("button");
  const word = document.createTextNode(box.dataset.copy);
  const which = document.createElement("span");
  which.className = "unseen";
  which.textContent = `: ${box.labels[0]?.textContent}`;
  button.append(word, which);
  button.type = "button";
  button.className = "quiet";
  button.addEventListener("click", async () => {
    box.select();
    // Over http only the machine itself has a clipboard for pages.
    const writing = navigator.clipboard?.writeText(box.value) ?? Promise.reject();
    if (await writing.then(() => true, () => document.execCommand("copy"))) word.data = box.dataset.copied;
  });
  box.after(button);
}
document.querySelector("[data-focus]")?.focus();
const look = document.querySelector("[data-look]");
if (look) {
  const until = Number(sessionStorage.getItem("look") || Date.now() + 120000);
  sessionStorage.setItem("look", until);
  if (Date.now() < until) setTimeout(() => location.reload(), 5000);
} else sessionStorage.removeItem("look");
