// What a reviewer decides: promote, reject, back to pending, run again, and undo.
import * as api from "./api.js";
import { count } from "./dom.js";
import { notify } from "./notice.js";
import { state } from "./state.js";

// How each move is taken back.
const INVERSE = { promote: "withdraw", reject: "reopen" };

// The move that each action is, by the state that an event is in.
const MOVES = {
  promote: { pending: "promote" },
  reject: { pending: "reject" },
  reopen: { promoted: "withdraw", rejected: "reopen", dead: "retry" },
  replay: { promoted: "replay" },
};

// What is selected, or else the event at hand.
export function targets() {
  if (state.selected.size) return state.events.filter((event) => state.selected.has(event.id));
  const id = state.open ?? state.here;
  const event = state.detail?.id === id ? state.detail : state.events.find((other) => other.id === id);
  return event ? [event] : [];
}

const actor = () => localStorage.getItem("reviewer") ?? "";

export async function decide(action) {
  const events = targets();
  const groups = new Map();
  for (const event of events) {
    const move = MOVES[action][event.status];
    if (move) groups.set(move, [...(groups.get(move) ?? []), event]);
  }
  if (!groups.size) return false;
  const reason = document.querySelector("#detail .reason")?.value;
  const done = [], sentences = [];
  for (const [move, group] of groups) {
    // What runs is the plan that was on the page.
    const plans = Object.fromEntries(group.filter((event) => event.plan?.digest).map((event) => [event.id, event.plan.digest]));
    const { results } = await api.settle({
      tenant: state.tenant, ids: group.map((event) => event.id), action: move, reason, actor: actor(),
      plans: move === "promote" ? plans : {},
    });
    const moved = results.filter((result) => result.done);
    if (moved.length && INVERSE[move]) done.push({ ids: moved.map((result) => result.id), action: INVERSE[move] });
    sentences.push(...say(move, moved, results.filter((result) => !result.done)));
  }
  state.last = done.length ? done : null;
  if (done.length) sentences.push("Undo with u.");
  notify(sentences.join(" "));
  moveOn(events);
  state.selected.clear();
  return true;
}

function say(move, moved, late) {
  const words = { promote: "promoted", reject: "rejected", replay: "back to pending beside what was created" };
  const sentences = [];
  if (moved.length) {
    const made = moved.reduce((total, result) => total + (result.records?.length ?? 0), 0);
    const gone = moved.reduce((total, result) => total + (result.withdrawn ?? 0), 0);
    sentences.push(`${count(moved.length, "event")} ${words[move] ?? "back to pending"}${made ? `, ${count(made, "record")} created` : ""}${gone ? `, ${count(gone, "record")} taken back` : ""}.`);
  }
  for (const { id, status, error } of late) {
    if (error) sentences.push(`Event ${id} stays pending: ${error}.`);
    else if (status === "held") sentences.push(`Another has event ${id} in hand.`);
    else if (status) sentences.push(`Event ${id} was ${status} by someone else meanwhile.`);
    else sentences.push(`Event ${id} is not there any more.`);
  }
  return sentences;
}

// After a decision the next event is at hand.
function moveOn(events) {
  const gone = new Set(events.map((event) => event.id));
  const at = state.events.findIndex((event) => event.id === state.here);
  if (state.tab === "all" || at < 0) return;
  const rest = state.events.slice(at + 1).concat(state.events.slice(0, at).reverse());
  const next = rest.find((event) => !gone.has(event.id));
  state.here = next?.id ?? null;
  if (state.open !== null) state.open = next?.id ?? null;
}

export async function undo() {
  if (!state.last) { notify("There is nothing to undo."); return; }
  const moves = state.last;
  state.last = null;
  let back = 0, gone = 0;
  for (const { ids, action } of moves) {
    const { results } = await api.settle({ tenant: state.tenant, ids, action, actor: actor(), reason: "undone" });
    back += results.filter((result) => result.done).length;
    gone += results.reduce((total, result) => total + (result.withdrawn ?? 0), 0);
  }
  notify(`${count(back, "event")} pending again${gone ? `, ${count(gone, "record")} taken back` : ""}.`);
}
