-- People whom an account asks its server to follow or block in its name.
alter table refollows add column kind text not null default 'follow';       -- follow or block
alter table refollows add column options text not null default '';          -- json: model::follow::FollowOptions

-- What owners allow in their name at the server beside us, as long as people wait; everything in it is sealed.
create table host_permits (
    account_id      text primary key,
    state_hash      text not null,              -- of what they come back with
    permit          text not null,              -- json: what we are registered as, verifier, token
    is_given        boolean not null,
    created_at      bigint not null
);
