-- Moving on and coming back.

-- At a former home: how far the list of what arrived at a further home is read. The departure it
-- belongs to is in state 'onward' until everything is read and proven.
create table onwards (
    departure_id    text primary key references departures (id),
    next_page       text,                       -- where reading goes on
    is_read         boolean not null,
    documents       bigint not null             -- documents read so far
);

-- At a home that an account has left: which of the homes before it are owed word of it.
create table onward_words (
    departure_id    text not null references departures (id),
    transfer_id     text not null references transfers (id),
    state           text not null,              -- 'owed', 'told', 'refused'
    attempts        bigint not null,
    next_at         bigint not null,
    why             text,
    primary key (departure_id, transfer_id)
);
create index onward_words_due on onward_words (next_at) where state = 'owed';

-- At a home that an account comes back to: items that are its own, so nothing is written for them;
-- their lines of the map lead to what stands here.
create table originals (
    transfer_id     text not null references transfers (id),
    kind            text not null,
    key             text not null,
    primary key (transfer_id, kind, key)
);
