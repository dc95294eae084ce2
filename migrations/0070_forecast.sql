-- What a transfer knows of its followers' servers before anything is copied.

create table follower_servers (
    transfer_id     text not null references transfers (id),
    host            text not null,              -- as it stands in handles
    followers       bigint not null,
    software        text,                       -- name and version it gives itself
    prospect        text,                       -- null until somebody looked
    why             text,
    primary key (transfer_id, host)
);
