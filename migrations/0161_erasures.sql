-- Single things that came along and were erased here after they stood open: Old home is told, where it leads here.

create table erasures (
    transfer_id     text not null references transfers (id),
    kind            text not null,
    key             text not null,
    old_url         text not null,
    erased_at       bigint not null,
    told_at         bigint,                     -- Old home knows, or nobody has to be told; null: not yet
    attempts        bigint not null,
    next_at         bigint not null,
    primary key (transfer_id, kind, key)
);
create index erasures_to_tell on erasures (next_at) where told_at is null;
