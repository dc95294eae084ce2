-- What of an old account its owner wants here, and how each transfer is to end.

-- json: model::choices::Choices; null where nothing was chosen: everything comes.
alter table transfers add column choices text;
-- The transfer rests after its survey until its owner has chosen.
alter table transfers add column waits_for_choice boolean not null default false;
