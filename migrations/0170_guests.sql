-- People who are signed in with an account of the server beside us. Their accounts are its rows, not ours.

create table guest_sessions (
    token_hash      text primary key,
    account_id      text not null,              -- the key at the server beside us
    csrf            text not null,
    means           text not null,              -- server, code or actor: how they proved who they are
    created_at      bigint not null,
    fresh_until     bigint not null             -- signed in there anew shortly before
);

-- On the way to the sign-in of that server and back.
create table guest_ways (
    state_hash      text primary key,
    browser_hash    text not null,              -- of a cookie: nobody is signed in by another's link
    verifier        text not null,
    next            text not null,
    account_id      text,                       -- who has to prove it anew
    sign_ins        bigint,                     -- how often they had signed in there before
    created_at      bigint not null
);

-- What we are registered as at the server beside us; the secret is sealed.
create table guest_applications (
    redirect_uri    text primary key,
    application     text not null,
    created_at      bigint not null
);

-- For when the server beside us lets an owner in no more, because they moved.
create table recovery_codes (
    account_id      text primary key,
    code_hash       text not null,
    created_at      bigint not null,
    used_at         bigint
);
