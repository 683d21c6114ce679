// Lets Escape close the sheet that the focus is in, whether Python is awake or not.

document.addEventListener("keydown", (event) => {
  const sheet = document.activeElement?.closest("details.sheet[open]");
  if (event.key === "Escape" && !event.defaultPrevented && sheet) {
    event.preventDefault();
    sheet.open = false;
    sheet.querySelector("summary").focus();
  }
});
