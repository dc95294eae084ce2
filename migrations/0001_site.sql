-- The built-in server: accounts, what they wrote, whom they know.

create table accounts (
    id              text primary key,
    username        text not null unique,
    role            text not null,              -- 'admin' or 'member'
    password_hash   text not null,
    name            text not null,
    summary         text not null,
    fields          text not null,              -- json: [{name, value}]
    avatar          text,                       -- json: {sha256, bytes, media_type}
    header          text,
    private_key_pem text not null,
    public_key_pem  text not null,
    also_known_as   text not null,              -- json: [url]
    moved_to        text,
    created_at      bigint not null
);

create table host_keys (
    name            text primary key,           -- 'host' signs for the server itself
    private_key_pem text not null,
    public_key_pem  text not null
);

create table sessions (
    token_hash      text primary key,
    account_id      text not null references accounts (id),
    csrf            text not null,
    created_at      bigint not null,
    fresh_until     bigint not null             -- the password was typed shortly before
);

create table posts (
    id              text primary key,           -- sorts by original time
    account_id      text not null references accounts (id),
    object          text not null,              -- json: model::object::Object, our own addresses
    visibility      text not null,
    published_at    bigint not null,
    in_reply_to     text,
    is_reply        boolean not null,
    transfer_id     text,                       -- came with this transfer
    is_trial        boolean not null,           -- owner and admin only
    deleted_at      bigint
);
create index posts_by_account on posts (account_id, id);
create index posts_by_parent on posts (in_reply_to) where in_reply_to is not null;
create index posts_by_transfer on posts (transfer_id) where transfer_id is not null;

create table post_tags (
    tag             text not null,              -- lower case, without #
    post_id         text not null references posts (id),
    primary key (tag, post_id)
);
create index post_tags_by_post on post_tags (post_id);

create table boosts (
    id              text primary key,
    account_id      text not null references accounts (id),
    object_url      text not null,
    visibility      text not null,
    published       text not null,
    previously      text not null,              -- json: [breadcrumb]
    transfer_id     text,
    is_trial        boolean not null
);
create index boosts_by_account on boosts (account_id, id);
create index boosts_by_transfer on boosts (transfer_id) where transfer_id is not null;

-- Likes and bookmarks: pointers to somebody's object, never sent anywhere.
create table pointers (
    id              text primary key,
    account_id      text not null references accounts (id),
    kind            text not null,              -- 'likes' or 'bookmarks'
    object_url      text not null,
    published       text,
    transfer_id     text,
    is_trial        boolean not null,
    unique (account_id, kind, object_url)
);
create index pointers_by_transfer on pointers (transfer_id) where transfer_id is not null;

create table media (
    id              text primary key,
    account_id      text not null references accounts (id),
    post_id         text,                       -- null until its post is written
    sha256          text not null,              -- name in the blob store
    bytes           bigint not null,
    media_type      text not null,
    file_name       text not null,
    transfer_id     text,
    is_trial        boolean not null
);
create index media_by_post on media (post_id) where post_id is not null;
create index media_by_account on media (account_id, id);
create index media_by_transfer on media (transfer_id) where transfer_id is not null;
create index media_by_sha256 on media (sha256);

-- A profile that came with a transfer waits here until its owner keeps the copy. The row stays then,
-- to be counted and to say that the transfer was released; every released transfer has one.
create table waiting_profiles (
    transfer_id     text primary key,
    account_id      text not null references accounts (id),
    profile         text not null,              -- json: model::actor::Profile
    avatar          text,
    header          text,
    released_at     bigint
);

create table followers (
    account_id      text not null references accounts (id),
    actor           text not null,
    inbox           text not null,
    shared_inbox    text,
    follow_id       text not null,
    since           bigint not null,
    primary key (account_id, actor)
);

create table following (
    account_id      text not null references accounts (id),
    actor           text not null,
    inbox           text not null,
    follow_id       text not null,
    state           text not null,              -- 'asked', 'accepted' or 'kept' (came with a transfer, nothing sent)
    since           bigint not null,
    transfer_id     text,
    primary key (account_id, actor)
);

create table blocks (
    account_id      text not null references accounts (id),
    actor           text not null,
    since           bigint not null,
    transfer_id     text,
    primary key (account_id, actor)
);

create table remote_actors (
    id              text primary key,
    document        text not null,              -- json: model::actor::Actor
    fetched_at      bigint not null
);

create table remote_posts (
    id              text primary key,
    actor           text not null,
    document        text not null,              -- json as received, cleaned when shown
    published_at    bigint not null,
    received_at     bigint not null
);
create index remote_posts_by_time on remote_posts (published_at);

create table notifications (
    id              text primary key,
    account_id      text not null references accounts (id),
    kind            text not null,              -- 'follow', 'mention', 'reply', 'move'
    actor           text not null,
    subject         text,
    created_at      bigint not null
);
create index notifications_by_account on notifications (account_id, id);

create table seen_activities (
    id              text primary key,
    seen_at         bigint not null
);

-- One row per activity and inbox, written in the transaction that caused it.
create table deliveries (
    id              text primary key,
    account_id      text not null,              -- who signs
    inbox           text not null,
    activity_id     text not null,
    activity        text not null,              -- json
    announcement_id text,
    state           text not null,              -- 'queued', 'delivered', 'dead'
    attempts        bigint not null,
    next_at         bigint not null,
    last_status     bigint,
    last_error      text,
    unique (activity_id, inbox)
);
create index deliveries_due on deliveries (next_at) where state = 'queued';
create index deliveries_by_announcement on deliveries (announcement_id) where announcement_id is not null;
