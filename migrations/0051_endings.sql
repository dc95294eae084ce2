-- How a transfer ends: with an announcement, with redirects only, as a copy beside the old account, or quietly.

-- 'announce', 'redirect', 'copy', 'keep', 'quiet'; null as long as nothing is decided.
alter table transfers add column ending text;
-- The same while Old home is being asked for its consent.
alter table transfers add column wanted_ending text;
-- What the destination asked for when it started: 'announce', 'redirect' or 'copy'.
alter table departures add column ending text not null default 'announce';
-- Where it was before is not told.
alter table posts add column hides_origin boolean not null default false;
alter table boosts add column hides_origin boolean not null default false;
-- json: [url], actors that are copies of this one.
alter table accounts add column copied_to text not null default '[]';
