-- What owners set up for themselves. One row is one thing of one kind; an account has each key once.

create table belongings (
    id              text unique,                -- what a transfer reserved; null for what the owner set up here
    account_id      text not null references accounts (id),
    kind            text not null,              -- a word of model::item::ItemKind
    key             text not null,              -- actor, server, topic, name: Belonging::key
    value           text not null,              -- json: model::belonging::Belonging; people of lists stand below
    position        bigint not null,            -- order among those of its kind
    ends_at         bigint,                     -- not in force from then on
    since           bigint not null,
    transfer_id     text,                       -- came with this transfer
    is_trial        boolean not null,           -- shows to nobody but the owner
    primary key (account_id, kind, key)
);
create index belongings_by_transfer on belongings (transfer_id) where transfer_id is not null;

-- People on lists. A copy may add people to a list its owner had before; a discard takes those only.
create table list_members (
    account_id      text not null references accounts (id),
    list            text not null,              -- key of the list
    actor           text not null,
    transfer_id     text,
    is_trial        boolean not null,
    primary key (account_id, list, actor)
);
create index list_members_by_transfer on list_members (transfer_id) where transfer_id is not null;
