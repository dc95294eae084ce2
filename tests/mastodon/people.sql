-- Ann with everything an account can have, Bob beside her whose things are nobody else's, and two people
-- of other servers. Written for all releases: what a release does not have is added by the test.
insert into accounts (id, username, domain, uri, url, display_name, note, fields, locked, discoverable, indexable,
    avatar_file_name, avatar_content_type, avatar_file_size, created_at, updated_at) values
    (101, 'ann', null, {own}, null, 'Ann', E'Likes #tea & <birds>\n\nhttps://ann.example', '[{"name":"Site","value":"https://ann.example","verified_at":null}]',
     true, true, true, 'aaaaaaaaaaaaaaaa.png', 'image/png', 6, now(), now()),
    (102, 'bob', null, {own}, null, 'Bob', '', null, false, null, false, null, null, null, now(), now()),
    (201, 'eve', 'b.example', 'https://b.example/users/eve', 'https://b.example/@eve', 'Eve', '', null, false, null, false, null, null, null, now(), now()),
    (202, 'mal', 'c.example', 'https://c.example/users/mal', null, 'Mal', '', null, false, null, false, null, null, null, now(), now());
insert into users (account_id, email, settings, created_at, updated_at) values
    (101, 'ann@x.example', '{"default_privacy":"private","default_language":"de","web.trends":false}', now(), now()),
    (102, 'bob@x.example', null, now(), now());
insert into conversations (id, created_at, updated_at) values (1, now(), now());
insert into statuses (id, account_id, text, spoiler_text, visibility, created_at, updated_at, edited_at, language, sensitive, local, uri,
    in_reply_to_id, in_reply_to_account_id, reply, poll_id, conversation_id, ordered_media_attachment_ids, reblog_of_id, deleted_at) values
    (2001, 201, '<p>hello</p>', '', 0, '2023-01-01', now(), null, 'en', false, false, 'https://b.example/1', null, null, false, null, null, null, null, null),
    (1501, 102, 'Bob''s own', '', 0, '2023-01-01', now(), null, 'en', false, true, 'https://social.example/users/bob/statuses/1501', null, null, false, null, 1, null, null, null),
    (1502, 102, 'Bob to one', '', 3, '2023-01-01', now(), null, 'en', false, true, 'https://social.example/users/bob/statuses/1502', null, null, false, null, 1, null, null, null),
    (1001, 101, E'Tea, @eve@b.example and @bob: :cup: #Tea\nhttps://x.example/', 'food', 0, '2023-01-02 03:04:05.678', now(), '2023-02-01 00:00:00.5', 'en', true, true,
     'https://social.example/users/ann/statuses/1001', 2001, 201, true, null, 1, '{32,31}', null, null),
    (1002, 101, 'quietly', '', 1, '2023-01-03', now(), null, null, false, true, 'https://social.example/users/ann/statuses/1002', 1001, 101, true, null, 1, null, null, null),
    (1003, 101, 'what?', '', 2, '2023-01-04', now(), null, 'en', false, true, 'https://social.example/users/ann/statuses/1003', null, null, false, 1, 1, null, null, null),
    (1004, 101, '@eve@b.example psst', '', 3, '2023-01-05', now(), null, 'en', false, true, 'https://social.example/users/ann/statuses/1004', null, null, false, null, 1, null, null, null),
    (1005, 101, 'of a kind to come', '', 9, '2023-01-06', now(), null, 'en', false, true, 'https://social.example/users/ann/statuses/1005', null, null, false, null, 1, null, null, null),
    (1006, 101, 'gone', '', 0, '2023-01-07', now(), null, 'en', false, true, 'https://social.example/users/ann/statuses/1006', null, null, false, null, 1, null, null, now()),
    (1007, 101, '', '', 0, '2023-01-08', now(), null, null, false, true, 'https://social.example/users/ann/statuses/1007/activity', null, null, false, null, 1, null, 2001, null),
    (1008, 101, '', '', 2, '2023-01-09', now(), null, null, false, true, 'https://social.example/users/ann/statuses/1008/activity', null, null, false, null, 1, null, 1003, null);
insert into polls (id, account_id, status_id, options, cached_tallies, multiple, expires_at, voters_count, created_at, updated_at)
    values (1, 101, 1003, '{soup,bread}', '{3,1}', false, '2023-01-05', 4, now(), now());
insert into status_stats (status_id, replies_count, reblogs_count, favourites_count, created_at, updated_at) values (1001, 2, 3, 4, now(), now());
insert into mentions (account_id, status_id, silent, created_at, updated_at) values
    (201, 1001, false, now(), now()), (102, 1001, false, now(), now()), (202, 1001, true, now(), now()), (201, 1004, false, now(), now());
insert into tags (id, name, display_name, created_at, updated_at) values (1, 'tea', 'Tea', now(), now()), (2, 'birds', null, now(), now());
insert into statuses_tags (status_id, tag_id) values (1001, 1);
insert into custom_emojis (id, shortcode, image_file_name, created_at, updated_at) values (7, 'cup', 'c.png', now(), now());
insert into media_attachments (id, account_id, status_id, type, file_file_name, file_content_type, file_file_size, file_meta, description, blurhash, processing, created_at, updated_at, remote_url) values
    (31, 101, 1001, 0, '1111111111111111.png', 'image/png', 4, '{"original":{"width":2,"height":3},"focus":{"x":0.5,"y":-0.5}}', 'a cup', 'LKO2', 2, now(), now(), ''),
    (32, 101, 1001, 0, '2222222222222222.png', 'image/png', 5, null, null, null, null, now(), now(), ''),
    (33, 101, 1001, 0, '3333333333333333.png', 'image/png', 5, null, 'not among those shown', null, 2, now(), now(), ''),
    (34, 101, 1004, 0, '4444444444444444.png', 'image/png', 3, null, 'for one', null, 2, now(), now(), ''),
    (35, 101, null, 0, '5555555555555555.png', 'image/png', 5, null, 'of no post', null, 2, now(), now(), ''),
    (36, 102, 1501, 0, '6666666666666666.png', 'image/png', 5, null, 'Bob''s', null, 2, now(), now(), '');
insert into favourites (account_id, status_id, created_at, updated_at) values (101, 2001, '2023-03-01', now()), (101, 1501, '2023-03-02', now()), (102, 1001, now(), now());
insert into bookmarks (account_id, status_id, created_at, updated_at) values (101, 2001, '2023-03-03', now()), (102, 1502, now(), now());
insert into status_pins (account_id, status_id, created_at, updated_at) values (101, 1001, '2023-04-01', now()), (101, 1003, '2023-04-02', now());
insert into follows (account_id, target_account_id, created_at, updated_at) values (101, 201, now(), now()), (101, 202, now(), now()), (101, 102, now(), now()), (201, 101, now(), now()), (102, 101, now(), now()), (102, 202, now(), now());
insert into blocks (account_id, target_account_id, created_at, updated_at) values (101, 202, now(), now()), (202, 101, now(), now()), (102, 201, now(), now());
insert into mutes (account_id, target_account_id, hide_notifications, expires_at, created_at, updated_at) values (101, 102, false, '2030-01-01', now(), now()), (102, 101, true, null, now(), now());
insert into account_domain_blocks (account_id, domain, created_at, updated_at) values (101, 'evil.example', now(), now()), (102, 'other.example', now(), now());
insert into account_notes (account_id, target_account_id, comment, created_at, updated_at) values (101, 201, 'met in spring', now(), now()), (102, 101, 'Bob''s note', now(), now());
insert into lists (id, account_id, title, replies_policy, exclusive, created_at, updated_at) values (1, 101, 'Birds', 1, true, now(), now()), (2, 101, 'Birds', 0, false, now(), now()), (3, 102, 'Bob''s', 0, false, now(), now());
insert into list_accounts (list_id, account_id) values (1, 201), (1, 102), (3, 202);
insert into custom_filters (id, account_id, phrase, context, action, created_at, updated_at) values (1, 101, 'Football', '{home,public}', 1, now(), now()), (2, 101, 'Single posts', '{home}', 0, now(), now()), (3, 102, 'Bob''s', '{home}', 0, now(), now());
insert into custom_filter_keywords (custom_filter_id, keyword, whole_word, created_at, updated_at) values (1, 'goal', true, now(), now()), (3, 'x', true, now(), now());
insert into featured_tags (account_id, tag_id, created_at, updated_at) values (101, 1, now(), now()), (102, 2, now(), now());
insert into tag_follows (account_id, tag_id, created_at, updated_at) values (101, 2, now(), now());
