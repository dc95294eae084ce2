-- Files that could not be had and are asked for again: set until they have come or failed once more.
alter table items add column is_again boolean;
