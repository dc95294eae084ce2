-- People an account followed at its old home and asked to follow again from here, one by one.

create table refollows (
    account_id      text not null references accounts (id),
    actor           text not null,
    server          text not null,              -- one server is asked by one Follow at a time, slowly
    state           text not null,              -- 'waiting', 'asked', 'failed'
    why             text,                       -- of a failure, or of the last attempt
    attempts        bigint not null,
    next_at         bigint not null,
    primary key (account_id, actor)
);
create index refollows_waiting on refollows (next_at) where state = 'waiting';
create index refollows_by_server on refollows (server) where state = 'waiting';
