-- Removing what a transfer brought after it was visible.

-- Posts that were open to everybody and were taken away with what brought them: their addresses answer 410.
create table tombstones (
    id              text primary key,           -- of the post
    account_id      text not null references accounts (id),
    gone_at         bigint not null
);
-- json: [word], what of the profile was filled by the copy: taken away with it unless its owner changed it since.
alter table waiting_profiles add column filled text;
