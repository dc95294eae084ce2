-- The source's side: consents, tokens, handed-over maps, announcements.

create table consents (
    id              text primary key,
    account_id      text not null,
    client_id       text not null,              -- the destination's metadata address
    client_name     text not null,
    scope           text not null,
    kinds           text not null,              -- json: [collection]
    has_private     boolean not null,
    created_at      bigint not null,
    revoked_at      bigint
);
create index consents_by_account on consents (account_id, id);

create table codes (
    code_hash       text primary key,
    consent_id      text not null references consents (id),
    redirect_uri    text not null,
    challenge       text not null,
    expires_at      bigint not null,
    used_at         bigint
);

create table tokens (
    token_hash      text primary key,
    consent_id      text not null references consents (id),
    kind            text not null,              -- 'access' or 'refresh'
    expires_at      bigint not null
);
create index tokens_by_consent on tokens (consent_id);

-- What a destination told us about itself and the map it handed over; inert until announced.
create table departures (
    id              text primary key,
    account_id      text not null,
    consent_id      text,
    target          text not null,              -- the new actor
    target_page     text,
    return_url      text,                       -- page at the destination to go back to
    state           text not null,              -- 'started', 'announcing', 'announced', 'withdrawn'
    is_forwarding   boolean not null,
    is_map_complete boolean not null,           -- the destination said that was all of it
    activity_id     text,
    problem         text,
    asked_at        bigint,                     -- the owner said announce
    announced_at    bigint,
    created_at      bigint not null,
    unique (account_id, target)
);

create table forwards (
    departure_id    text not null references departures (id),
    old_url         text not null,              -- canonical id of our object or file
    new_url         text not null,
    new_page        text,
    kind            text not null,
    visibility      text not null,
    proof           text not null,              -- 'none', 'proven', 'refused'
    why             text,
    primary key (departure_id, old_url)
);
create index forwards_by_old on forwards (old_url);
create index forwards_to_prove on forwards (departure_id, proof, old_url);
create index forwards_by_new on forwards (departure_id, new_url);

create table audit (
    id              text primary key,
    at              bigint not null,
    account_id      text,
    what            text not null,
    detail          text not null
);
