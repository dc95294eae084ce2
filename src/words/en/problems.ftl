### What went wrong, where no page of its own says it.

problems-there-is-nothing-at-this-address = There is nothing at this address.
problems-this-address-takes-a-form-and-shows = This address takes a form and shows nothing by itself. Go back to where you were.
problems-what-you-sent-is-larger-than-this = What you sent is larger than this server takes. Nothing was changed.
problems-this-server-could-not-do-it-and = This server could not do it, and it is not your fault. Nothing was changed; please try again.
problems-this-form-was-incomplete-and-nothing = This form was incomplete, and nothing was changed. Go back, reload the page and send it again.
problems-this-form-was-opened-in-another = This form was opened in another session. Go back, reload the page and send it again.
problems-sign-in-first = Sign in first.
problems-what-was-sent-cannot-be-read = What was sent cannot be read: { $error }.
problems-this-post-was-deleted-by-its-author = This post was deleted by its author.
problems-this-form-came-from-another-site-open = This form came from another site. Open the sign-in page here and try again.
problems-the-session-cannot-be-kept = The session cannot be kept.
problems-the-session-cannot-be-closed = The session cannot be closed.
problems-what-this-answers-is-not-a-web = What this answers is not a web address.
problems-who-can-act = <strong>Who can act:</strong> { $who }
problems-answered-with-the-status = Answered with the status { $status }.
problems-asked-too-often = { $n ->
    [one] This was asked for too often. Try again in a second.
   *[other] This was asked for too often. Try again in { $n } seconds.
 }
problems-it-was-erased-where-it-went = This was deleted where it went.
problems-too-many-pages-are-open = You have several pages open that show work as it goes on. Close one of them; this one loads itself again instead.
