-- Where others answered posts of ours: addresses of what is open to everybody, never their words.
create table answers (
    answer text not null primary key,           -- its address
    post_id text not null,
    actor text not null,                        -- whose it is
    heard_at bigint not null
);
create index answers_by_post on answers (post_id);
create index answers_by_actor on answers (actor);
