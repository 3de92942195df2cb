// A shelf of files: D draws a box in the file under the mouse or with the focus, else begins with the first.

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "d" || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/** @type {Element} */ (event.target).closest("input, select, textarea, dialog")) return;
  const chosen = document.querySelector("tr:focus-within [data-draw]") ?? document.querySelector("tr:hover [data-draw]");
  const link = chosen ?? document.querySelector("[data-key=d]") ?? document.querySelector("[data-draw]");
  const address = link?.getAttribute("href");
  if (address) location.assign(address);
});
