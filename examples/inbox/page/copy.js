// A text to take along, with a button that copies it.
import { button, el } from "./dom.js";
import { notify } from "./notice.js";

export function copyButton(text, label, what = "Copied.") {
  return button(label, async (click) => {
    click.stopPropagation();
    try {
      await navigator.clipboard.writeText(text);
      notify(what);
    } catch {
      notify("The browser does not let the page copy here: select the text and copy it.");
    }
  }, { class: "copy", "data-focus": `copy ${label}` });
}

export function command(text, what) {
  return el("figure", { class: "command" },
    el("figcaption", {}, el("span", {}, what), copyButton(text, "Copy the command", "Copied. Paste it into a terminal.")),
    el("pre", { tabindex: "0", "aria-label": what }, text));
}
