// Where the page is, in the address, so that a reviewer can send another one there.
import { TABS, state } from "./state.js";

export function readPlace() {
  const place = new URLSearchParams(location.hash.slice(1));
  const tab = place.get("show");
  state.tenant = place.get("tenant") ?? state.tenant;
  state.source = place.get("source") ?? "";
  state.search = place.get("search") ?? "";
  state.tab = TABS.includes(tab) ? tab : "pending";
  const event = Number(place.get("event"));
  state.open = Number.isSafeInteger(event) && event > 0 ? event : null;
}

export function writePlace() {
  const place = new URLSearchParams();
  const put = (name, value) => { if (value) place.set(name, value); };
  const tenants = new Set(state.sources.map((source) => source.tenant));
  if (tenants.size > 1) put("tenant", state.tenant);
  put("source", state.source);
  if (state.tab !== "pending") put("show", state.tab);
  put("search", state.search);
  put("event", state.open);
  const hash = place.size ? `#${place}` : " ";
  if (location.hash !== hash.trim()) history.replaceState(null, "", hash);
}
