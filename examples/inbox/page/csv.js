// The events that are listed, as a file for a spreadsheet.
import { columnsOf } from "./columns.js";

// A spreadsheet runs what begins like a formula, and the beginning is the sender's to choose: such
// a cell gets an apostrophe, which spreadsheets show as text.
function cell(value) {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll("\"", "\"\"")}"`;
}

export function exportCsv(state) {
  const columns = columnsOf(state.tenant, state.source);
  const head = ["id", "received", "source", "type", "status", ...(columns.length ? columns : ["preview"])];
  const rows = state.events.map((event) => [
    event.id, new Date(event.at).toISOString(), event.source, event.type, event.status,
    ...(columns.length
      ? event.cells.map(([, value]) => value)
      : [event.cells.map(([path, value]) => `${path}: ${value}`).join("; ")]),
  ]);
  const text = [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${text}\r\n`], { type: "text/csv" }));
  link.download = "inbox.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
