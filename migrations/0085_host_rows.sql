-- Which rows in the database of the server beside us came with which copy. That database knows nothing
-- of copies: it stands here, and before a row is written there.

-- Ids given before anything is written.
create table host_places (
    transfer_id     text not null,
    kind            text not null,
    key             text not null,              -- the item's key at the source
    space           text not null,              -- their table
    row_id          bigint not null,
    name            text not null,              -- of a file; empty for other things
    primary key (transfer_id, kind, key),
    unique (space, row_id)
);

create table host_rows (
    transfer_id     text not null,
    place           text not null,              -- their table, 'files', or 'waiting' for the release
    row_key         text not null,              -- the row's id there, or a path
    kind            text not null,              -- what it is counted as; empty where it hangs on another
    position        bigint not null,
    state           text not null,              -- 'written' or 'released'
    detail          text not null,              -- json, what the release needs
    primary key (transfer_id, place, row_key)
);
create index host_rows_in_order on host_rows (transfer_id, place, position, row_key);

-- Rows of theirs that stood there and were changed, as they were and as they were left.
create table host_touched (
    transfer_id     text not null,
    place           text not null,
    row_key         text not null,
    before          text not null,              -- json, null where there was no row
    after           text not null,
    primary key (transfer_id, place, row_key)
);

-- A profile that waits for the release. The row stays, to say that it was.
create table host_profiles (
    transfer_id     text primary key,
    account_id      text not null,
    profile         text not null,              -- json: model::actor::Profile
    avatar          text,                       -- json: port::destination::StoredBlob
    header          text,
    released_at     bigint
);
