-- What could not be brought is kept: as it came, where it could not be read …
alter table items add column raw text;
-- … and by which software here it was refused, so that it is offered to a newer one.
alter table items add column unshown_by text;
