// What each key does, and the list of them.
import { byId, el } from "./dom.js";
import { attempt } from "./notice.js";

export function listenToKeys(on) {
  const keys = [
    [["j", "ArrowDown"], "next event", () => on.step(1)],
    [["k", "ArrowUp"], "previous event", () => on.step(-1)],
    [["o"], "open the event (Enter does too)", on.openHere],
    [["x"], "select the event", on.selectHere],
    [["p"], "promote what is selected, or else the event at hand", () => on.act("promote")],
    [["r"], "reject it", () => on.act("reject")],
    [["b"], "back to pending", () => on.act("reopen")],
    [["a"], "run it again beside the records of the last time", () => on.act("replay")],
    [["u"], "undo the last decision", on.undo],
    [["/"], "search", () => byId("search").focus()],
    [["g"], "columns and dedupe key of the source", on.learn],
    [["?"], "this list", () => byId("help").showModal()],
    [["Escape"], "close the event, or leave the search", on.escape],
  ];
  const shown = (key) => ({ ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" })[key] ?? key;
  byId("help-keys").replaceChildren(...keys.flatMap(([names, what]) => [
    el("dt", {}, names.flatMap((name, index) => [index ? " " : "", el("kbd", {}, shown(name))])), el("dd", {}, what)]));
  const actions = new Map(keys.flatMap(([names, , action]) => names.map((name) => [name, action])));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const isTyping = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (isTyping && event.key !== "Escape") return;
    // Arrows move through what has the focus, unless that is the list.
    if (event.key.startsWith("Arrow") && event.target !== document.body && !event.target.closest("#list")) return;
    const action = actions.get(event.key);
    if (!action) return;
    event.preventDefault();
    if (isTyping) event.target.blur();
    attempt(action);
  });
}
