-- Passes of a trial: what changed at the source since, and what its owner changed here.

-- Set when its owner rewrote the post here; a copy is then no longer written over.
alter table posts add column edited_at bigint;

-- Where a transfer goes on after its last look at the source: the word of a state.
alter table transfers add column after_look text;

-- A file that leaves a copy is removed from the disk only when no other item needs it.
create index items_by_blob on items (blob) where blob is not null;

create table passes (
    transfer_id     text not null references transfers (id),
    number          bigint not null,
    why             text not null,              -- model::pass::PassReason
    state           text not null,              -- model::pass::PassState
    rounds          bigint not null,            -- comparisons made so far
    inventory       bigint not null,            -- number of the last inventory that was asked for
    added           bigint not null,            -- items found at the source that were not here
    changed         bigint not null,            -- items found changed there
    gone            bigint not null,            -- items found gone there
    own             bigint not null,            -- of these, left as their owner made them here
    problem         text,
    started_at      bigint not null,
    ended_at        bigint,
    primary key (transfer_id, number)
);
