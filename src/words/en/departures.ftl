### Old home: consent, departures, the last word.

departures-this-is-your-old-home = This is your Old home, <strong>{ $here }</strong>. <strong>{ $host }</strong>
departures-it-calls-itself = (it calls itself “{ $name }”)
departures-wants-to-become-your-new-home-and = wants to become your New home and asks to copy your account.
departures-is-your-new-home-it-asks-to = is your New home. It asks to give back the list of your new addresses.
departures-old-home-signed-in-as = Old home, signed in as
departures-not-this-account-sign-out-and-use = Not this account? Sign out and use another
departures-let-copy = Let { $host } copy
departures-yes-take-the-list = Yes, take the list
departures-no = No
departures-for-each-of-your-old-posts-the = For each of your old posts the list says where its copy is. What happens after your yes:
departures-your-copy-at-becomes-visible-there-to = Your copy at { $host } becomes visible there, to whoever could see the originals. That cannot be taken back without a trace.
departures-new-home-will-give-back-the-list = New home will give back the list of new addresses; nothing is redirected until you announce.
departures-nobody-is-told-the-announcement-is-a = Nobody is told. The announcement is a page of its own here, and asks for your password.
departures-what-may-be-copied = What may be copied
departures-also-told-how-many-followers-you-have = Also told: how many followers you have on which server. Not included: who they are, your password, messages others wrote.
departures-also-posts-that-only-followers-or = Also posts that only followers or certain people can read. { $host } can read them then.
departures-nothing-changes-here-your-account = <strong>Nothing changes here.</strong> Your account stays as it is and nobody is told. You can take this permission back at any time, under “Departures” on your page here.
departures-yes-may-read-what-is-ticked-above = Yes, { $host } may read what is ticked above.
departures-your-password-at = Your password at { $here }
departures-nothing-was-announced = Nothing was announced:
departures-nothing-has-changed = Nothing has changed:
departures-not-now = Not now
departures-nobody-is-told-your-account-here-stays = <strong>Nobody is told.</strong> Your account here stays in use, followers included.
departures-your-profile-names-the-account-at-as = <strong>Your profile</strong> names the account at { $there } as its copy, for programs that ask.
departures-links-to-your-posts-stay-as-they = <strong>Links to your posts</strong> stay as they are.
departures-links-to-your-public-posts-lead-to = <strong>Links to your public posts</strong> lead to the same posts at { $there }, each checked first: { $followed ->
    [one] { $followed } address
   *[other] { $followed } addresses
 }. Visitors of your profile are sent on as well. You can switch this off later.
departures-posts-that-are-not-public-and-posts = <strong>Posts that are not public</strong> and posts you write from now on stay where they are.
departures-your-followers-are-told-by-their = <strong>Your followers</strong> are told by their servers and follow you to { $there } by themselves. This cannot be called back.
departures-another-move-soon-after-is-ignored-by = <strong>Another move</strong> soon after is ignored by most servers, for a week or longer.
departures-your-profile-here-says-that-you-moved = <strong>Your profile</strong> here says that you moved, and visitors are sent to { $there }.
departures-links-to-your-public-posts-lead-to-2 = <strong>Links to your public posts</strong> lead to the same posts at { $there }, each checked first: { $followed ->
    [one] { $followed } address
   *[other] { $followed } addresses
 }. You can switch this off later.
departures-posts-that-are-not-public-stay-where = <strong>Posts that are not public</strong> stay where they are and lead nowhere.
departures-the-new-addresses-are-looked-at-one = The new addresses are looked at one by one: { $checked } of { $to_check }.
departures-then-your-followers-are-told = Then your followers are told.
departures-you-can-close-this-page-the-work = You can close this page; the work goes on.
departures-addresses-looked-at = Addresses looked at
departures-your-profile-names-the-account-at-as-2 = Your profile names the account at <strong>{ $there }</strong> as its copy. Nobody was told.
departures-visitors-of-your-old-links-are-sent = Visitors of your old links are sent on to <strong>{ $there }</strong>. Nobody was told.
departures-you-live-at-now = You live at <strong>{ $there }</strong> now.
departures-your-followers-servers-are-being-told = Your followers' servers are being told; you can close this page.
departures-servers-told = Servers told
departures-none-had-to-be = none had to be
departures-of = { $delivered } of { $all }
departures-still-to-be-told = Still to be told
departures-could-not-be-reached = Could not be reached
departures-old-links-that-lead-to = Old links that lead to { $there }
departures-links-that-stay-here-because-the-copy = Links that stay here, because the copy could not be recognized
departures-not-public-so-they-lead-nowhere = Not public, so they lead nowhere
departures-old-links-lead-on = Old links lead on
departures-yes = yes
departures-no-switched-off = no, switched off
departures-go-to-your-new-home = Go to your New home
departures-departures = Departures
departures-your-old-profile-as-only-you-still = Your old profile, as only you still see it
departures-this-is-about-another-account = This is about another account
departures-you-are-signed-in-as-but-this = You are signed in as <strong>@{ $username }</strong>, but this page belongs to <strong>@{ $name }</strong>. Sign out, and sign in with that account; then you come back here.
departures-sign-out = Sign out
departures-nothing-was-changed = Nothing was changed:
departures-you-are-at-a-former-home-you = You are at a former home, <strong>{ $here }</strong>. You moved from here to <strong>{ $there }</strong>. Once you move on from there, { $there } tells this server by itself. If it cannot, because it is gone, say it here.
departures-links-to-your-public-posts-here-lead = <strong>Links to your public posts</strong> here lead to your New home in one step, each checked first. What is not found there leads to { $there } as before.
departures-nobody-is-asked-to-follow-you-again = <strong>Nobody</strong> is asked to follow you again.
departures-your-address-at-your-new-home = Your address at your New home
departures-name-server-example = @name@server.example
departures-lead-my-old-links-there = Lead my old links there
departures-you-have-not-moved-away-from-to = You have not moved away from <strong>{ $here }</strong>. To move, sign in at the server you want to move to.
departures-where-your-account-here-may-be-copied = Where your account here may be copied to, and where it went.
departures-your-new-home = Your New home
departures-you-have-not-moved-to-move-sign = You have not moved. To move, sign in at the server you want to move to, and choose “Bring an account here” there.
departures-permissions-you-gave = Permissions you gave
departures-none-no-server-may-copy-your-account = None. No server may copy your account.
departures-may-copy-your-account = may copy your account
departures-may-give-back-the-list-of-new = may give back the list of new addresses
departures-private-posts-included = , private posts included
departures-since = , since { $created_at }.
departures-take-the-permission-back = Take the permission back
departures-from-then-on-cannot-read-anything-more = From then on { $host } cannot read anything more. What it has copied stays there.
departures-from-then-on-cannot-send-any-more = From then on { $host } cannot send any more addresses. A move that is not announced yet is called off; one that is announced stays.
departures-take-it-back = Take it back
departures-your-copy-at-is-being-looked-at = Your copy at <strong>{ $there }</strong> is being looked at. Then what you asked for happens.
departures-see-how-far-it-is = See how far it is
departures-you-lived-at-after-this-and-have = You lived at <strong>{ $there }</strong> after this, and have moved on from there.
departures-you-live-at-now-the-addresses-there = You live at <strong>{ $there }</strong> now. The addresses there are looked at one by one; then old links lead there.
departures-you-moved-to-and-came-back = You moved to <strong>{ $there }</strong>, and came back.
departures-old-links-do-not-lead-to = Old links do not lead to <strong>{ $there }</strong>: { $as_deref }
departures-you-removed-the-copy-at-old-links = You removed the copy at <strong>{ $there }</strong>. Old links no longer lead there.
departures-the-move-to-was-called-off-nobody = The move to <strong>{ $there }</strong> was called off. Nobody was told.
departures-a-copy-of-your-account-is-at = A copy of your account is at <strong>{ $there }</strong>. Nobody was told yet.
departures-visitors-are-sent-on-to-nobody-was = Visitors are sent on to { $there }. Nobody was told, and this account stays in use.
departures-you-moved-to = You moved to { $there }.
departures-old-links-that-can-lead-there = Old links that can lead there
departures-stop-sending-visitors-on = Stop sending visitors on
departures-send-visitors-on-again = Send visitors on again
departures-i-have-moved-on-from-there = I have moved on from there
departures-you-have-a-copy-at-both-accounts = You have a copy at { $there }. Both accounts live on.
departures-name-it-no-longer-on-my-profile = Name it no longer on my profile
departures-name-it-again-on-my-profile = Name it again on my profile
departures-only-the-owner-of-an-account-announces = Only the owner of an account announces its move.
departures-your-new-home-has-changed-since-this = Your New home has changed since this page was opened. Look at it again before you announce.
departures-that-is-not-the-password-of-this = That is not the password of this account. Type it once more.
departures-no-move-of-this-account-has-been = No move of this account has been started. Start at your New home.
departures-your-move-is-being-announced = Your move is being announced
departures-your-move-is-announced = Your move is announced
departures-announce-your-move = Announce your move
departures-your-copy-is-being-looked-at = Your copy is being looked at
departures-your-profile-names-its-copy = Your profile names its copy
departures-your-old-links-lead-on = Your old links lead on
departures-name-your-copy = Name your copy
departures-send-visitors-on = Send visitors on
departures-another-account = Another account
departures-go-on-and-name-it-your-copy = Go on, and name it your copy
departures-go-on-and-send-visitors-there = Go on, and send visitors there
departures-go-on-to-the-announcement = Go on to the announcement
departures-only-the-owner-of-an-account-says = Only the owner of an account says where it lives now.
departures-say-where-you-live-now = Say where you live now
departures-choose-one-of-the-two-buttons = Choose one of the two buttons.
departures-nothing-was-shared-tick-at-least-one = Nothing was shared: tick at least one kind of things to copy.
departures-nothing-was-shared-tick-the-box-that = Nothing was shared: tick the box that says yes, so that this cannot happen by a slip of the finger.
departures-nothing-was-shared-that-is-not-the = Nothing was shared: that is not the password of this account. Type it once more.
departures-may-your-account-be-copied = May your account be copied?
departures-take-the-list-of-new-addresses = Take the list of new addresses?
departures-with-your-password-you-name-a-copy = You are at your Old home, <strong>{ $here }</strong>. With your password you say that you have a copy at <strong>{ $there }</strong>. What happens then:
departures-with-your-password-you-send-on = You are at your Old home, <strong>{ $here }</strong>. With your password you send visitors on to <strong>{ $there }</strong>. What happens then:
departures-with-your-password-you-announce = You are at your Old home, <strong>{ $here }</strong>. With your password you announce that you moved to <strong>{ $there }</strong>. What happens then:
departures-name-my-copy-at = Name my copy at { $there }
departures-send-visitors-on-to = Send visitors on to { $there }
departures-announce-i-moved-to = Announce: I moved to { $there }
departures-delete-all-your-data-here = Delete all your data here
departures-only-the-owner-deletes = Only the owner of an account deletes its data.
departures-nothing-can-be-deleted-yet = Nothing can be deleted yet: the data of an account that moved can be deleted once the move is announced and visitors are sent on. Look under Departures how far it is.
departures-tick-the-box-to-delete = Nothing was deleted: tick the box that says yes, so that this cannot happen by a slip of the finger.
departures-you-moved-and-can-delete = You moved from <strong>{ $here }</strong>, your Old home, to <strong>{ $there }</strong>. What you left here can be deleted. Look first whether everything you want is at your New home: this cannot be undone.
departures-delete-what-goes = <strong>Deleted:</strong> your posts, boosts, likes and bookmarks, your pictures and files, whom you follow, block and mute, your filters, lists and notes.
departures-delete-what-stays = <strong>Stays:</strong> your name and profile, which say that you moved, and the list of old and new addresses. Visitors of your old links are sent on as before.
departures-delete-nobody-is-told = <strong>Nobody is told.</strong> Other servers are not asked to delete anything.
departures-delete-what-was-not-recognized = { $n ->
    [one] <strong>{ $n } link</strong> whose copy could not be recognized leads nowhere then.
   *[other] <strong>{ $n } links</strong> whose copies could not be recognized lead nowhere then.
 }
departures-delete-yes = Yes, delete everything I left here.
departures-delete-all-my-data-at = Delete all my data at { $here }
departures-delete-all-my-data = Delete all my data …
departures-your-data-was-deleted = Your data here was deleted on { $day }: { $posts ->
    [one] { $posts } post
   *[other] { $posts } posts
 } and { $files ->
    [one] { $files } file
   *[other] { $files } files
 }.
departures-say-goodbye = Say goodbye
departures-farewell-what-for = Some of your followers live on servers that know nothing of moves. A last post at { $here } tells them, and stays pinned on your old page for whoever is not sent on.
departures-your-last-post-here = Your last post here
departures-farewell-draft = I have moved to { $handle }. You find me at { $page }
departures-post-and-pin-it = Post it and pin it
departures-only-the-owner-says-goodbye = Only the owner of an account posts with it.
departures-no-goodbye-yet = There is nothing to say goodbye to yet: the move is not announced.
departures-delete-the-name = <strong>Your name</strong> stays locked while old links lead on: nobody else gets it. Should the admins of { $here } give it to somebody else one day, your old links end before that.
departures-should-there-be-any-later = And what there is none of yet
departures-your-move-will-be-announced = Your move will be announced
departures-it-will-be-announced = Your move to <strong>{ $there }</strong> will be announced on <strong>{ $due }</strong>.
departures-until-then-nothing-changes = Until then nothing changes here and nobody is told. You can call it off on this page, or with the link in the letter you were sent. When it is due:
departures-see-it-or-call-it-off = See it, or call it off
departures-call-it-off = Call it off
departures-not-at-once = Not at once: wait { $hours ->
    [one] one hour
   *[other] { $hours } hours
 }, so that I can still call it off.
departures-not-at-once-hint = You are sent a letter with a link that calls it off. If you do nothing, it is announced by itself.
departures-call-it-off-title = Call off the announcement
departures-call-off-what = { $account } is to be announced as moved to <strong>{ $there }</strong> on <strong>{ $due }</strong>. If you call it off, nobody is told, and the account stays as it is. Nobody has to sign in for this.
departures-call-off-then-password = If it was not you who announced it, change your password as well.
departures-called-off = The announcement is called off
departures-it-was-called-off = Nobody was told that { $account } moves to { $there }. The account is as it was; its owner can say the last word again.
departures-it-was-announced-already = The announcement that { $account } moves to { $there } has begun. It can no longer be called off.
departures-your-followers-servers = Your followers' servers
departures-server = Server
departures-what-it-made-of-it = What it made of it
departures-told-and-followed = told, and nobody there follows this account any more
departures-waits-to-be-told = waits to be told
departures-told-and-silent = told; { $n ->
    [one] one person there still follows
   *[other] { $n } people there still follow
 } this account
departures-could-not-be-told = could not be told
departures-how-fast-is-up-to-them = How fast your followers come along, and whether all do, is up to their servers. Whoever stays can be told by a last post.
departures-come-back-here = Come back here
