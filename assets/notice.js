// Lets the visitor close what the page has to say, whether Python is awake or not: by its button,
// or by Escape from wherever they are. Focus that was in the notice goes back to where it came from.

const notice = document.getElementById("notice");
let before = null;

notice.addEventListener("focusin", ({ relatedTarget }) => {
  before = relatedTarget;
});

const close = () => {
  const hasFocus = notice.contains(document.activeElement);
  notice.hidden = true;
  if (hasFocus) before?.focus();
};

document.getElementById("dismiss").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !notice.hidden) close();
});
