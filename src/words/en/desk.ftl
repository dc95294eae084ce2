### The desk of those who answer for this server.

desk-name = The desk
desk-arrivals = Arrivals
desk-departures = Departures
desk-rules = Rules
desk-book = The book
desk-link = The desk: who comes and goes
desk-rules-in-force = The rules in force
desk-change-rules = Change the rules
desk-disk = Free on the disk: { $free }. Kept for those who are let in or wait: { $promised }.
desk-waiting = Waiting for you
desk-nobody-waits = Nobody waits.
desk-answered = Answered
desk-nobody-was-answered = Nobody has asked yet.
desk-held = held back
desk-was-asked = was asked something
desk-waits = waits
desk-let-in = let in
desk-let-in-by-the-rules = let in by the rules
desk-declined = not let in
desk-timed-out = ended by itself: nobody answered
desk-refused-by-the-rules = refused by the rules
desk-who = Who
desk-since = Since
desk-posts = Posts
desk-files = Files
desk-how-it-stands = How it stands
desk-wants-to-come-as = { $old } wants to come here, into the account { $new }.
desk-asked-at = Asked on
desk-comes-from = Comes from
desk-a-file-claims-it = a file says so, nobody has proven it
desk-others-came-from-there = others came from there and stayed
desk-nobody-came-from-there = nobody came from there before
desk-cost = Room it takes
desk-room = { $bytes } on the disk, with what lies there while it comes
desk-why-you-are-asked = Why you are asked
desk-you-asked = You asked:
desk-they-said = They said:
desk-no-answer-yet = There is no answer yet.
desk-reason = The reason given:
desk-request-of = The request of { $who }
desk-what-old-home-says = What Old home says is there
desk-stays-there = stays there
desk-files-in-all = Files in all: { $bytes }
desk-your-answer = Your answer
desk-leave-out = Leave out, if you like
desk-let-it-in = Let it in
desk-ask-something = Ask something first
desk-question-they-read = Your question; they read it on their page
desk-ask = Ask
desk-hold-back = Hold it back
desk-for-days = For so many days
desk-hold = Hold back
desk-do-not-let-in = Do not let it in
desk-reason-they-read = Why; they read it on their page
desk-decline = Do not let it in, and say why
desk-wall = A sample of what was written
desk-wall-is-drawn-from = { $n ->
    [one] Drawn from one public post that Old home showed first.
   *[other] Drawn from { $n } public posts that Old home showed first.
 }
desk-words = With one of these words
desk-open-pictures = Open the pictures; they are read from Old home now and not kept
desk-draw-again = Draw again
desk-closed-file = A file ({ $kind }), not opened.
desk-picture-is-too-large = This picture is too large to be shown here.
desk-book-is-never-changed = Every deed of admins, and every permission that was given or taken back. Lines are added and never changed.
desk-as-json-lines = Take it along as JSON lines
desk-as-a-table = Take it along as a table
desk-when = When
desk-by = By
desk-what = What
desk-detail = About what
desk-who-comes = Who may come
desk-whom = Whom
desk-way-nobody = Nobody
desk-way-anyone = Anyone
desk-way-these = From or to these servers
desk-way-except = From or to any server but these
desk-way-account = One account
desk-way-invited = Who was invited
desk-servers-or-account = The servers, or the account
desk-invited = Invited, one address a line
desk-blocked = Nobody comes from these servers
desk-exceptions = All the same, because: one a line, as in “@name@server.example = why”
desk-who-is-looked-at = Who is looked at first
desk-everybody = Everybody
desk-from-new-servers = Whoever comes from a server that nobody came from before
desk-above-posts = With more posts than
desk-above-megabytes = With more megabytes of files than
desk-how-much = How much may come
desk-most-posts = Posts of one account, at most
desk-most-megabytes = Megabytes of files of one account, at most
desk-largest-file = Megabytes of one file, at most
desk-most-a-day = Accounts within 24 hours, at most
desk-most-accounts = Nobody comes when this server has more accounts than
desk-free-disk = Megabytes of the disk that stay free
desk-days-between = Days between two moves
desk-kinds-that-come = What comes of each account
desk-who-goes = Who may go
desk-not-to = Nobody goes to these servers
desk-sanctioned-may-leave = Accounts under a sanction may take their data along
desk-put-into-force = Put these rules into force
desk-what-if = What if these had been the rules?
desk-what-if-title = What if?
desk-presets = Rules to begin with
desk-preset-open = Open: anyone comes and goes
desk-preset-careful = Careful: everybody is looked at
desk-preset-closed = Closed: nobody comes or goes
desk-preset-closing = Closing: everybody goes
desk-presets-keep-your-lists = Your lists of servers, exceptions and invitations stay.
desk-nothing-has-changed = Nothing has changed. These would be the rules:
desk-requests-of-90-days = Requests of the last 90 days
desk-would-begin = Would begin at once
desk-would-wait = Would wait for you
desk-would-be-refused = Would be refused
desk-newly-let-in = Were not let in then, and would be
desk-newly-refused = Were let in then, and would not be
desk-would-bring = Would bring
desk-posts-and-bytes = { $posts ->
    [one] one post, { $bytes } of files
   *[other] { $posts } posts, { $bytes } of files
 }
desk-what-if-leaves-the-disk-out = How full the disk was then, and who moved shortly before, is left out.
desk-announced = { $n ->
    [one] One move was announced from here.
   *[other] { $n } moves were announced from here.
 }
desk-nobody-leaves = Nobody has let another server copy an account of this one.
desk-server = Server
desk-accounts = Accounts
desk-within-a-day = Within a day
desk-permissions = Permissions that hold
desk-stop = Stop
desk-stop-server = Stop { $server }
desk-is-stopped = stopped by the rules
desk-stop-all = Stop all departures
desk-stop-all-means = Nobody goes anywhere, and no permission that was given is good for anything, until you change the rules again. Nothing that was announced is taken back.
desk-stop-all-now = Stop all departures now
desk-name-a-server = Name the server.
desk-out-of-sight = Out of sight
desk-hidden-since = Hidden since { $since }
desk-hidden-and-goes = Hidden since { $since }, gone for good on { $until }
desk-show-again = Show everything again
desk-the-whole-copy = The whole copy
desk-hiding-means = Everything that came with it, and only that, is taken out of everybody’s sight but its owner’s: pages, objects, lists, search, and old addresses that lead here. What its owner wrote here stays. You can show it again exactly as it was.
desk-hide = Hide it
desk-hide-now = Hide the whole copy now
desk-remove = Remove it
desk-removing-means = It is hidden at once. In 30 days it is deleted, with its files; until then you can call it back. Old home is told, and what stood open answers that it is gone.
desk-remove-now = Remove the whole copy
desk-reason-the-owner-reads = Why? The owner of the account reads this.
desk-erase = Erase a post
desk-erasing-means = For a single post that must go, as after a legal request. It goes for everybody, its files too, and cannot be brought back; servers that were told of it are told that it is gone. Where Old home leads to it, its old address says that it is gone.
desk-address-of-the-post = The address of the post, here or where it was before
desk-erase-now = Erase it for good
desk-wall-is-drawn-from-all = { $n ->
    [one] One public post, drawn by chance from all of them.
   *[other] { $n } public posts, drawn by chance from all of them.
 }
desk-many-leave-for = { $n } accounts let { $server } copy them within 24 hours.
desk-gave-permissions-to-many = { $who } gave permissions to { $n } servers within 24 hours.
desk-admins = Admins
desk-admins-are = These accounts answer for this server. For everybody else this desk does not exist.
desk-how-one-becomes-an-admin = How one comes to sit here
desk-admins-by-command = On the machine of the server, { $give } lets an account answer for it, and { $take } takes that back. Nobody can do it from a page: who has stolen the session of an admin makes no other.
desk-first-sign-in = The first admin is made so, too. From the next page they open on, they find the desk behind their own name; nothing has to be confirmed. Both are written in the book.
desk-without-a-browser = All of it can be done without a browser: { $arrivals }, { $departures }, { $policy } and { $audit }, and by programs with the same session.
desk-sanctioned = Accounts under a sanction
desk-nobody-is-sanctioned = Nobody is.
desk-data-may-leave = its data may leave, and nothing else
desk-nothing-may-leave = nothing may leave
desk-as-the-rules-say = as the rules say
desk-lift-sanction-of = Lift it from @{ $name }
desk-sanction-somebody = Put an account under a sanction
desk-sanction-means = As far as leaving is concerned: whether its owner may have it copied elsewhere. Where only data may leave, nobody is told of a move and old links stay.
desk-account = The account’s name here
desk-may-the-data-leave = May its data leave?
desk-sanction-now = Put it under the sanction

### Looking for words in everything an applicant has written for everybody.

desk-searched = { $looked ->
    [one] One public post was looked through:
   *[other] { $looked } public posts were looked through:
 } { $n ->
    [0] none has one of these words.
    [one] one has one of these words.
   *[other] { $n } have one of these words.
 }
desk-searched-to-the-end = That is everything from here to the end of the list.
desk-searched-in-part = The list goes on: only so much is looked through at a time.
desk-search-broke-off = Old home does not answer any further. Look again in a minute.
desk-look-further = Look further
desk-pictures-of-what-was-found = Pictures of posts that are not in the sample stay closed.
