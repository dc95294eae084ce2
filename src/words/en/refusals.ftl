### What cannot be, and why: the sentences of refusals, on pages and in the API.

refusals-this-server-cannot-hide = This server keeps its own books and has no way to hide a whole copy. Its own moderation can limit or suspend the account.
refusals-only-a-copy-that-is-there-can-be-hidden = Only a copy that is there can be hidden. A request that waits is declined, and a copy on its way is stopped by its owner.
refusals-say-why-they-read-it = Say why, in a sentence the owner of the account reads.
refusals-the-admins-have-hidden-this = The admins of { $here } have taken this copy out of sight, so it cannot be shown or announced. They say: { $why }
refusals-this-is-no-address = { $written } is not an address. Copy the whole of it, beginning with https://.
refusals-erase-with-its-own-tools = The posts are those of the server beside this daemon, and its own moderation deletes them.
refusals-no-post-there = There is no post at { $address } here, nor one that came from there.
refusals-only-hands-out = The daemon of { $here } only hands accounts out. Ask its admins for another way in.
refusals-nothing-to-try-again = There is nothing to try again.
refusals-no-request-of-this-copy = There is no request of this copy.
refusals-say-why-the-applicant-reads-it = Say why, in a sentence the applicant reads.
refusals-write-the-question = Write the question.
refusals-nobody-has-asked = Nobody has asked anything.
refusals-write-an-answer = Write an answer.
refusals-only-what-was-kept-can-be-removed = Only a copy that was kept can be removed, and not while it is worked on.
refusals-others-have-answered = Others have answered or boosted { $n } of these posts. Nothing was removed; say that these shall go as well.
refusals-old-home-could-not-be-told = Old home could not be told: { $why } If old links still lead here, switch that off there, under “Departures”.
refusals-takes-no-such-word = { $old } takes no such word.
refusals-data-only = The admins of { $here } let this account take its data along, and nothing else: { $reason }. Nobody is told of a move, and old links stay as they are.
refusals-under-a-sanction = This account is under a sanction at { $here } and may not leave: { $reason }. Only the admins of { $here } can change that.
refusals-moved-from-here-shortly-ago = { $n ->
    [one] This account moved from here shortly ago. The admins let it move elsewhere tomorrow; going on with the same move is free.
   *[other] This account moved from here shortly ago. The admins let it move elsewhere in { $n } days; going on with the same move is free.
 }
refusals-say-why-it-is-an-exception = Say why { $who } is an exception: one without a reason counts for nothing.
refusals-no-such-account = There is no account { $name } here.
refusals-the-account-here-is-gone = The account at this server is gone.
refusals-nothing-sends-visitors-on-there = Old home cannot do that: nothing that would send visitors on runs there.
refusals-other-differences-by-now = { $n ->
    [one] There is one difference by now, not { $seen }. Look at it again.
   *[other] There are { $n } differences by now, not { $seen }. Look at them again.
 }
refusals-things-differ = { $n ->
    [one] One thing differs between the two homes. Look at the reasons and accept them first; then go on.
   *[other] { $n } things differ between the two homes. Look at the reasons and accept them first; then go on.
 }
refusals-nothing-was-begun = Nothing was begun: { $why }.
refusals-not-looked-at-yet = Old home was not looked at yet; reload the page.
refusals-does-not-list-arrivals = { $there } does not list which posts arrived there, so old links cannot be led on.
refusals-has-not-moved-away = This account has not moved away from here.
refusals-not-that-way-any-more = This server cannot read accounts that way any more. Ask its admins.
refusals-answered-for-another-server = { $issuer } answered for { $named }, which is not an account of it. Nothing was taken.
refusals-takes-no-list = Old home takes no list of new addresses, so it cannot send visitors on. You can keep the copy.
refusals-does-not-say-how-far = Old home does not say how far the move is. Ask its admins.
refusals-ended-in-another-way = Old home has ended this in another way before ({ $there }). Look there, under “Departures”.
refusals-no-page-for-the-last-word = Old home has no page for the last word. Ask its admins.
refusals-sends-you-elsewhere = Old home sends you to { $there } for the last word, which is not Old home. Do not type your password there; ask the admins of Old home.
refusals-came-from-a-file = This copy came from a file, so there is no Old home that could be asked.
refusals-cannot-be-told-who-you-are = Old home has no way to be told which account is yours now. You can keep the copy.
refusals-can-only-announce = Old home can only announce, or has ended this in another way before. It was not asked for anything.
refusals-old-home-says = { $old } did not take it, and says: “{ $said }”
refusals-answer-of-no-copy = This answer belongs to no copy of yours, or was used already.
refusals-you-said-no = you said no there
refusals-named-no-account = Old home named no account. Nothing was taken.
refusals-answered-for-another = Old home answered for { $named }, but this copy is of { $copied }. Sign in there with that account.
refusals-answer-of-another = The answer does not come from { $issuer }; nothing was taken. Start again from your New home.
refusals-did-not-agree = Old home did not agree: { $why }
refusals-permission-could-not-be-had = Your permission could not be had: { $why } Nothing is lost; go there once more.
refusals-did-not-give-its-permission = Old home did not give its permission, and says: “{ $said }”. Start again from your New home.
refusals-does-not-name-the-place = { $named } does not name { $place } as the place that answers for it. Nothing was taken.
refusals-numbers-do-not-agree = The numbers do not agree: { $differing }. Nothing is lost; try again below, and if it stays so, ask the admins of this server.
refusals-keeps-changing = Old home changed every time it was looked at; what came last is brought by the next look.
refusals-this-very-account = { $asked_for } is this very account. Type the address of the account you come from.
refusals-write-it-like-this = Write the address like @name@server.example.
refusals-the-name-may-hold = The name before the second @ may hold letters, digits, dots, dashes and underscores.
refusals-not-a-servers-name = The part after the second @ is not a server's name.
refusals-its-copy-is-gone = The copy it came with is gone.
refusals-permission-is-gone = Old home's permission is no longer there. Let it ask you once more.
refusals-waits-for-no-permission = This copy does not wait for a permission.
refusals-lets-nobody-ask = Old home no longer lets anybody ask. Its export file may still be had.
refusals-no-trial-to-extend = There is no trial that could be extended.
refusals-only-a-trial-is-kept = Only a copy in its trial can be kept.
refusals-visible-already = This copy is visible already. It can no longer be thrown away without trace; it can be removed.
refusals-a-file-announces-nothing = This copy came from a file. Only Old home itself can announce, and it was not asked.
refusals-only-a-finished-copy = Only a finished copy can be announced.
refusals-has-no-part = Old home has no part in that.
refusals-cannot-announce-this-way = Old home cannot announce a move this way. You can keep the copy, and announce by Old home's own means.
refusals-only-a-trial-follows = Only a copy in its trial follows Old home.
refusals-cannot-say-what-changed = Old home cannot say what has changed there, so this copy stays as it was made. Throw it away and copy again to have what is new.
refusals-a-file-stays-the-same = This copy came from a file, and another try finds the same in it.
refusals-nothing-has-failed = Nothing has failed: there is nothing to try again.
refusals-only-a-trial-tries-again = Only during the trial of a copy is tried again what failed.
refusals-disk-did-not-take-the-file = This server's disk did not take the file. Try again later.
refusals-says-you-moved-elsewhere = Old home says that you moved to { $other }, not here. Look there once more.
refusals-runs-in-a-circle = The list “{ $what }” at { $old } runs in a circle, so nobody can read it to its end. Throw the copy away and leave them out, or ask the admins of { $old }.
refusals-lists-more-than-is-taken = The list “{ $what }” at { $old } has more than this server takes ({ $most } things). Throw the copy away and choose fewer, or ask the admins of this server.
refusals-lists-more-posts = Old home lists more posts than the { $most } that this server takes of one account. Throw the copy away and choose fewer, or ask the admins of this server.
refusals-you-never-agreed = You never agreed to anything with { $there }, or took it back. Start the move over there again.
refusals-asks-for-something-else = { $there } asks for something this server does not do. Start again over there.
refusals-list-is-not-complete = { $there } has not yet given back all new addresses. Wait for it to finish, then come back.
refusals-has-already-moved = This account has already moved to { $elsewhere }. Most servers ignore a second move for a while.
refusals-another-move-is-announced = Another move of this account is already announced.
refusals-cannot-be-read-now = The new account on { $there } cannot be read at the moment. Try again later; if it stays so, ask the admins of { $there }.
refusals-new-is-this-very-account = The new account is this very account.
refusals-does-not-say-it-is-you = The new account on { $there } does not yet say that it is also you ({ $own }). Say so over there, then come back.
refusals-has-itself-moved = The new account on { $there } has itself moved on, to { $further }.
refusals-new-address-is-unreadable = The address of the new account cannot be read. Start the move again from your New home.
refusals-no-such-move = There is no such move of yours.
refusals-move-was-withdrawn = This move was withdrawn. Start it at your New home again.
refusals-asked-for-something-else = It was asked for something this server does not do. Start again at your New home.
refusals-announcement-lost-its-id = The announcement cannot be sent as it was begun. Start the move again from your New home.
refusals-cannot-be-announced-later = This move is not one that can be announced later.
refusals-no-move-to-switch = There is no announced move of yours to switch.
refusals-no-such-permission = There is no such permission of yours.
refusals-cannot-be-asked-who-it-is = { $host } cannot be asked who it is. Try again later
refusals-does-not-say-who-it-is = { $host } does not say who it is. Its admins can mend that
refusals-says-what-cannot-be-read = What { $host } says about itself cannot be read. Its admins can mend that
refusals-nothing-was-shared = { $why }. Nothing was shared.
refusals-arrivals-have-no-end = The list of what arrived at the further home has no end, so old links cannot be led on.
refusals-arrivals-lead-nowhere = The list of what arrived at the further home leads nowhere, so old links cannot be led on.
refusals-what-differs = { $kind }: { $source } at Old home, { $here } here, { $skipped } left out, { $declined } left out by you, { $failed } failed
refusals-no-permission-any-more = Old home no longer gives this server its permission, so nothing new comes from there. Your copy stays as it is.
refusals-last-look-did-not-go-through = One last look at Old home did not go through. { $why } Nothing has happened yet. Choose again below to go on without looking.
refusals-statement-is-not-believed = { $old } does not state what it really has, so its statement is not believed. Your copy stays as it is; the admins of { $old } can look into it.
refusals-arrivals-cannot-be-read = The list of what arrived at { $there } cannot be read, so old links cannot be led on. Ask its admins.
refusals-others-are-searching = Others are searching at this moment. Try again in a minute.
