// Elements without markup: text from senders only ever becomes a text node.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  return fill(element, ...children);
}

// Puts children in place of those there are; what is absent is left out.
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

// A moment: the time of day if it was today, with the whole of it on hover.
export function moment(millis) {
  const date = new Date(millis);
  const today = date.toDateString() === new Date().toDateString();
  return el("time", { datetime: date.toISOString(), title: date.toISOString() }, (today ? clock : day).format(date));
}

export function ago(millis) {
  const seconds = Math.round((millis - Date.now()) / 1000);
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

export function bytes(size) {
  if (size === null || size === undefined) return "";
  return size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KiB`;
}

export const badge = (word, kind = word, title = null) => el("span", { class: `badge ${kind}`, title }, word);

export const button = (label, action, attributes = {}) =>
  el("button", { type: "button", onclick: action, ...attributes }, label);

// The list is made anew at each look; whoever was in it with the keyboard stays where they were.
// What can be focused says who it is with `data-focus`.
export function keepFocus(inside, draw) {
  const focused = inside.contains(document.activeElement) ? document.activeElement.closest("[data-focus]") : null;
  const name = focused?.dataset.focus;
  draw();
  if (name) inside.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
}
