-- The destination's side: transfers, their items, the ids they were given.

create table transfers (
    id              text primary key,
    account_id      text not null,
    asked_for       text not null,
    origin          text not null,              -- json: model::transfer::Origin
    state           text not null,
    problem         text,
    resume_at       text,
    source          text,                       -- json: model::login::Login for reading a live source
    hand_over       text,                       -- json: model::login::Login for handing the map over
    survey          text,                       -- json: counts and a sample
    report          text,                       -- json: model::report::Report
    attempts        bigint not null,
    next_at         bigint not null,            -- not before this time
    created_at      bigint not null,
    changed_at      bigint not null
);
create index transfers_by_account on transfers (account_id, id);
create index transfers_running on transfers (state, next_at);

create table transfer_cursors (
    transfer_id     text not null references transfers (id),
    collection      text not null,
    next_cursor     text,
    announced       bigint,                     -- what the source says it has
    is_done         boolean not null,
    primary key (transfer_id, collection)
);

create table items (
    transfer_id     text not null references transfers (id),
    kind            text not null,
    key             text not null,
    position        bigint not null,            -- order of reading
    published_at    bigint not null default 0,  -- 0 where the source does not say
    item            text not null,              -- json: model::item::Item
    state           text not null,              -- 'fetched', 'written', 'skipped', 'failed'
    why             text,
    blob            text,                       -- json: port::destination::StoredBlob
    primary key (transfer_id, kind, key)
);
create index items_in_order on items (transfer_id, state, kind, published_at, position);
create index items_by_position on items (transfer_id, position);

create table notes (
    transfer_id     text not null references transfers (id),
    kind            text not null,
    why             text not null,
    count           bigint not null,
    primary key (transfer_id, kind, why)
);

-- Old to new. At the destination the map it made; `handed_over` once the source took the entry.
create table url_map (
    transfer_id     text not null references transfers (id),
    kind            text not null,
    key             text not null,
    old_url         text not null,
    local_id        text not null,
    new_url         text not null,
    new_page        text,
    visibility      text not null,
    handed_over     boolean not null,
    primary key (transfer_id, kind, key)
);
create index url_map_by_old on url_map (transfer_id, old_url);
create index url_map_by_new on url_map (new_url);

-- Every other address an item had at the source, so that a link in any spelling is rewritten.
create table old_addresses (
    transfer_id     text not null references transfers (id),
    address         text not null,
    kind            text not null,
    key             text not null,
    primary key (transfer_id, address)
);
