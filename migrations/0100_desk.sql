-- The desk: the admins' rules, and every request to come here with its answer.

create table policies (
    version         bigint primary key,         -- the highest one is in force
    policy          text not null,              -- json: model::policy::Policy
    made_by         text not null,
    made_at         bigint not null
);

-- Who counts and promises room holds this row until the end of the transaction.
create table desk_turns (
    name            text primary key,
    turn            bigint not null
);

-- A request, its answer, and the room it was promised. The promise stands as long as its transfer is in a state
-- that needs it; nothing has to be given back.
create table applications (
    transfer_id     text primary key references transfers (id),
    account_id      text not null,              -- empty once the copy was thrown away
    old_actor       text not null,              -- likewise
    names           text not null,              -- json: [name]; likewise
    servers         text not null,              -- json: [host]
    size            text not null,              -- json: model::policy::Size
    is_archive      boolean not null,
    is_known_server boolean not null,
    outcome         text not null,              -- 'pending', 'admitted', 'approved', 'declined', 'refused', 'timed_out'
    needs           text not null,              -- json: [model::policy::Need]
    why             text,                       -- of a refusal, for the applicant
    without_kinds   text not null,              -- json: [collection] that stay where they are
    caps            text not null,              -- json: model::policy::Caps
    reserved_bytes  bigint not null,
    taken_bytes     bigint not null default 0,  -- of files that have come
    question        text,                       -- of an admin
    answer          text,
    held_until      bigint,
    asked_at        bigint not null,
    decided_at      bigint,
    decided_by      text
);
create index applications_in_order on applications (outcome, asked_at, transfer_id);
create index applications_by_time on applications (asked_at);
