-- Whose account it is may be known to the server beside us only, so `accounts` need not have it.

create table refollows_of_all (
    account_id      text not null,
    actor           text not null,
    server          text not null,
    state           text not null,              -- 'waiting', 'asked', 'failed'
    why             text,
    attempts        bigint not null,
    next_at         bigint not null,
    kind            text not null default 'follow',     -- follow or block
    options         text not null default '',           -- json: model::follow::FollowOptions
    primary key (account_id, actor)
);
insert into refollows_of_all (account_id, actor, server, state, why, attempts, next_at, kind, options)
    select account_id, actor, server, state, why, attempts, next_at, kind, options from refollows;
drop table refollows;
alter table refollows_of_all rename to refollows;
create index refollows_waiting on refollows (next_at) where state = 'waiting';
create index refollows_by_server on refollows (server) where state = 'waiting';
