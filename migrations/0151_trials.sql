-- How long a trial lasts; its owner may extend it.
create table trials (
    transfer_id     text primary key,
    ends_at         bigint not null,
    told_at         bigint              -- the owner was told that it ends soon
);
