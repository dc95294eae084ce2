-- What an account is told: on its page always, by e-mail where there is an address.

create table contacts (
    account_id      text primary key,
    address         text not null,
    changed_at      bigint not null
);

-- One letter for each thing that is told once: the key says which.
create table letters (
    id              text primary key,
    account_id      text not null,
    transfer_id     text,
    kind            text not null,              -- what is told; the words are those of the pages
    about           text not null,              -- the other server, a reason, a question: plain text
    sealed          text,                       -- the secret of a stop link, sealed
    written_at      bigint not null,
    state           text not null,              -- 'waiting', 'sent', 'page' (no address), 'failed'
    attempts        bigint not null,
    next_at         bigint not null
);
create index letters_by_account on letters (account_id, written_at);
create index letters_due on letters (next_at) where state = 'waiting';

-- A link that takes a permission back without anybody signed in; only its hash.
create table stop_links (
    token_hash      text primary key,
    consent_id      text not null references consents (id),
    until           bigint not null
);
