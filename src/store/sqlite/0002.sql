-- What the history says of time and of what would have matched.
ALTER TABLE history ADD COLUMN took_millis INTEGER;
ALTER TABLE history ADD COLUMN skew_millis INTEGER;
ALTER TABLE history ADD COLUMN hints TEXT; -- a JSON array of sentences; null: none
