-- The source's side: what an account had at each pass of a destination over it.

create table inventories (
    consent_id      text not null references consents (id),
    pass            bigint not null,
    taken_at        bigint not null,            -- when counting began
    reading         text,                       -- json: where counting goes on; null once it is frozen
    items           bigint not null,            -- counted so far
    document        text,                       -- json: wire::seal::Sealed over model::inventory::Inventory
    primary key (consent_id, pass)
);

create table inventory_kinds (
    consent_id      text not null references consents (id),
    pass            bigint not null,
    kind            text not null,
    tally           text not null,              -- json: model::inventory::Tally
    primary key (consent_id, pass, kind)
);

-- The destination's side: what the source stated, and what is left of the differences.

create table transfer_inventories (
    transfer_id     text not null references transfers (id),
    pass            bigint not null,
    document        text,                       -- json: wire::seal::Sealed, as it came
    key_pem         text,                       -- the source's public key it was checked with
    trouble         text,                       -- why it is not believed
    read_at         bigint not null,
    is_compared     boolean not null,           -- the comparison with it came to its end
    primary key (transfer_id, pass)
);

-- The buckets of the last pass in which a kind agreed: the next pass compares with them.
create table transfer_tallies (
    transfer_id     text not null references transfers (id),
    kind            text not null,
    pass            bigint not null,
    tally           text not null,              -- json: model::inventory::Tally
    primary key (transfer_id, kind)
);

-- Differences that are nobody's item: the source counts more than it lists, states what is not so …
create table gaps (
    transfer_id     text not null references transfers (id),
    kind            text not null,
    why             text not null,
    count           bigint not null,
    primary key (transfer_id, kind, why)
);
