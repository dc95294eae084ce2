-- What a destination signs about a transfer, and which differences the person has accepted.

create table certificates (
    transfer_id     text not null references transfers (id),
    occasion        text not null,              -- model::certificate::Occasion
    issued_at       bigint not null,
    document        text not null,              -- json: wire::seal::Sealed over model::certificate::Certificate
    primary key (transfer_id, occasion)
);

create table acceptances (
    transfer_id     text primary key references transfers (id),
    differences     bigint not null,            -- how many the person saw
    accepted_at     bigint not null
);
