-- What the history says of time and of what would have matched.
ALTER TABLE hookstage_history
  ADD COLUMN took_millis bigint,
  ADD COLUMN skew_millis bigint,
  ADD COLUMN hints bytea; -- a JSON array of sentences; null: none
