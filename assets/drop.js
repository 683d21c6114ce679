// Opens a file that is dropped anywhere on the page, as if it had been chosen with Open. Until
// Python is awake such a file is let fall: the browser would go to it, and leave the page.

const chosen = document.getElementById("open-json");
const hint = document.getElementById("drop-hint");
const holdsFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = chosen.disabled ? "none" : "copy";
  hint.hidden = chosen.disabled;
});

document.addEventListener("dragleave", ({ relatedTarget }) => {
  hint.hidden ||= !relatedTarget;
});

document.addEventListener("drop", (event) => {
  hint.hidden = true;
  if (!holdsFiles(event)) return;
  event.preventDefault();
  if (chosen.disabled) return;
  chosen.files = event.dataTransfer.files;
  chosen.dispatchEvent(new Event("change"));
});
