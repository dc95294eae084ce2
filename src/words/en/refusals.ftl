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
refusals-old-home-could-not-be-told = Old home could not be told ({ $why }). If old links still lead here, switch that off there, under “Departures”.
refusals-takes-no-such-word = { $old } takes no such word
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
