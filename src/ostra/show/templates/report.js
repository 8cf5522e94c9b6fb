"use strict";
(() => {
  const dialog = document.getElementById("chain");
  const body = document.getElementById("chain-body");
  const back = document.getElementById("chain-back");
  const trail = [];
  let opener = null;

  // The dialog shows a copy of the entry in the annex of evidence; without script the same links lead there.
  function show(id) {
    const entry = document.getElementById(id);
    if (!entry) return false;
    const copy = entry.cloneNode(true);
    copy.removeAttribute("id");
    copy.style.contentVisibility = "visible";
    const old = copy.querySelector("h4");
    if (old) {
      const title = document.createElement("h3");
      title.append(...old.childNodes);
      old.replaceWith(title);
    }
    const jump = document.createElement("p");
    const link = document.createElement("a");
    link.href = "#" + id;
    link.dataset.jump = "";
    link.textContent = "Show in the list of evidence";
    jump.append(link);
    body.replaceChildren(copy, jump);
    back.hidden = trail.length < 2;
    dialog.scrollTop = 0;
    return true;
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    const id = decodeURIComponent(link.getAttribute("href").slice(1));
    if (!/(^|\/)ev-/.test(id) || "jump" in link.dataset) {
      // What is folded away is opened first, so that the link leads to something that can be seen.
      const folded = document.getElementById(id)?.closest("details");
      if (folded) folded.open = true;
      if (dialog.open) dialog.close();
      return;
    }
    trail.push(id);
    if (!show(id)) return;
    event.preventDefault();
    if (!dialog.open) {
      opener = link;
      dialog.showModal();
    }
    document.getElementById("chain-close").focus();
  });
  back.addEventListener("click", () => {
    trail.pop();
    show(trail[trail.length - 1]);
  });
  document.getElementById("chain-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    trail.length = 0;
    if (opener) opener.focus();
    opener = null;
  });

  // Saving a picture: the drawing itself, with the page's fonts put inside so that it looks the same elsewhere.
  function drawing(id) {
    const copy = document.getElementById(id).cloneNode(true);
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = document.getElementById("fonts").textContent;
    copy.prepend(style);
    return new XMLSerializer().serializeToString(copy);
  }
  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  for (const button of document.querySelectorAll("button[data-save]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const id = button.dataset.picture;
      const name = id.replaceAll("/", "-");
      const blob = new Blob([drawing(id)], { type: "image/svg+xml" });
      if (button.dataset.save === "svg") return save(blob, name + ".svg");
      const box = document.getElementById(id).viewBox.baseVal;
      const scale = 2400 / box.width;
      const image = new Image();
      image.onload = () => {
        const canvas = document.createElement("canvas");
        canvas.width = 2400;
        canvas.height = Math.round(box.height * scale);
        const pen = canvas.getContext("2d");
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(image, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(image.src);
        canvas.toBlob((png) => save(png, name + ".png"), "image/png");
      };
      image.src = URL.createObjectURL(blob);
    });
  }

  // Sorting: a column's heading becomes a button; numbers by their value, the rest by their text.
  for (const table of document.querySelectorAll("table.sortable")) {
    const rows = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      cell.append(button);
      button.addEventListener("click", () => {
        const up = cell.getAttribute("aria-sort") !== "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", up ? "ascending" : "descending");
        const value = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
        const order = (x, y) => {
          const [a, b] = [value(x), value(y)];
          return a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : a.localeCompare(b, "en");
        };
        rows.append(...[...rows.rows].sort((x, y) => (up ? order(x, y) : order(y, x))));
      });
    });
  }
})();
