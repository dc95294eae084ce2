### Pages of the built-in server, and the frame around every page.

site-copy-only-you-see-this = copy: only you see this
site-answers = ↩ answers { $link }
site-quotes = ❝ quotes { $link }
site-first-written-at = first written at { $id }
site-filtered = Filtered: { $filter }
site-sensitive-pictures-or-films = Sensitive pictures or films
site-file-on-another-server = File on another server: { $shown }
site-file = File: { $shown }
site-poll = Poll
site-voted = · { $voters } voted
site-boosted = ♻ <strong>{ $name }</strong> boosted { $link }
site-has-moved-to = { $name } has moved to
site-new-posts-appear-there-what-was = New posts appear there. What was written here can still be read.
site-posts = Posts
site-feed = Feed
site-pinned = 📌 Pinned
site-nothing-here-yet = Nothing here yet.
site-that-was-all = That was all.
site-profile = Profile
site-formerly = Formerly { $link }
site-topics = Topics:
site-following = <strong>{ $following }</strong> following
site-this-is-your-own-page-you-also = This is your own page. You also see what others do not: private posts, and what is marked “only you see this”.
site-more = More
site-newest = Newest
site-older-posts = Older posts
site-sign-in-to = Sign in to { $domain }
site-name-or-password-is-wrong-use-the = Name or password is wrong. Use the account you have at <strong>{ $domain }</strong>, not at another server.
site-use-the-account-you-have-at = { $why } Use the account you have at <strong>{ $domain }</strong>.
site-name = Name
site-password = Password
site-sign-in = Sign in
site-no-account-here-yet-or-password = No account here yet, or password forgotten? The admins of { $domain } can help.
site-your-reply = Your reply
site-write-a-post = Write a post
site-add-a-warning = Add a warning
site-shown-instead-of-the-text-until = Shown instead of the text until somebody opens it
site-who-sees-it = Who sees it
site-reply = Reply
site-posts-of-on-this-list-whom-you = Posts of { $people } on this list whom you follow. Only you see it.
site-what-you-set-up = What you set up
site-post-by = Post by { $link }
site-edit = Edit
site-delete-this-post = Delete this post
site-it-leaves-your-copy-for-good-old = It leaves your copy for good. Old home keeps it, and nobody is told.
site-it-disappears-here-at-once-and-other = It disappears here at once, and other servers are asked to delete it.
site-delete-for-good = Delete for good
site-replies = Replies
site-answers-elsewhere = Answers of others, where they are
site-take-your-account-with-you = Take your account with you
site-move-to-with-your-posts-pictures-and = Move to <strong>{ $domain }</strong> with your posts, pictures and follows, and tell your followers only when you like what you see.
site-my-home = My home
site-bring-an-account-here = Bring an account here
site-how-a-move-goes = How a move goes
site-copy-you-say-yes-at-your-old = <strong>Copy</strong> – you say yes at your Old home, and your things are copied here.
site-try-look-at-the-copy-only-you = <strong>Try</strong> – look at the copy. Only you see it. Numbers of both homes stand side by side.
site-keep-the-copy-becomes-part-of-your = <strong>Keep</strong> – the copy becomes part of your account here. Or <strong>throw away</strong>: nothing remains.
site-announce-your-old-home-tells-your = <strong>Announce</strong> – your Old home tells your followers, and old links lead here.
site-nothing-is-announced-and-nothing = Nothing is announced and nothing changes at your Old home until you press Announce.
site-skip-to-content = Skip to content
site-main = Main
site-search = Search
site-home = Home
site-sign-out = Sign out
site-runs-godwit-take-your-account-with-you = { $domain } runs godwit: take your account with you.
site-start-page = Start page
site-it-may-be-private-or-moved-or = It may be private, or moved, or the address has a typing error in it.
site-edit-your-post = Edit your post
site-this-is-your-copy-what-you-change = This is your copy. What you change here stays as you leave it, even when the post at Old home changes later. Nobody is told.
site-text = Text
site-warning = Warning
site-save = Save
site-no-public-post-here-has-this-topic = No public post here has this topic.
site-words-in-public-posts-of-this-server = Words in public posts of this server
site-nothing-found-try-a-single-word = Nothing found. Try a single word.
site-hello = Hello, { $name }
site-see-who-was-told = See who was told
site-this-account-has-moved-to = This account has moved to { $link }. { $link2 }.
site-go-on-with-your-move = Go on with your move
site-moving = Moving
site-when-this-is-your-new-home-copy = When this is your New home: copy your account from elsewhere.
site-departures = Departures
site-when-this-is-your-old-home-see = When this is your Old home: see who may copy it, announce, take back.
site-what-you-set-up-mutes-filters-lists = What you set up: mutes, filters, lists and more
site-follow-somebody = Follow somebody
site-their-address = Their address
site-name-server-example = @name@server.example
site-follow = Follow
site-news = News
site-nothing-new = Nothing new.
site-posts-of-yours-and-of-people-you = Posts of yours and of people you follow appear here.
site-see-what-it-is = see what it is
site-follows-you = follows you
site-mentioned-you = mentioned you
site-answered-you = answered you
site-has-moved = has moved
site-did-something = did something
site-nothing-here = Nothing here
site-no-longer-here = No longer here
site-this-is-no-page = This is no page
site-something-is-in-the-way = Something is in the way
site-picture-without-description = Picture without description
site-with-replies = With replies
site-pictures = Pictures
site-search-2 = Search: { $query }
site-you-come-from-your-new-home-sign = You come from your New home. Sign in here, and this server asks you what may happen.
site-sign-in-to-see-where-your-account = Sign in to see where your account here may go.
site-sign-in-to-the-account-that-shall = Sign in to the account that shall receive the copy.
site-sign-in-to-go-on = Sign in to go on.
site-welcome = Welcome
site-boosts = Boosts
site-likes = Likes
site-bookmarks = Bookmarks
site-pictures-and-files = Pictures and files
site-profile-pictures = Profile pictures
site-people-you-follow = People you follow
site-people-you-block = People you block
site-people-you-muted = People you muted
site-servers-you-block = Servers you block
site-filters = Filters
site-lists-of-people = Lists of people
site-pinned-posts = Pinned posts
site-topics-on-your-page = Topics on your page
site-topics-you-follow = Topics you follow
site-your-notes-on-people = Your notes on people
site-settings = Settings
site-new-addresses = New addresses
site-public = public
site-quietly-public = quietly public
site-followers-only = followers only
site-only-people-mentioned = only people mentioned
site-bytes = { $n } bytes
site-mb = { $tenths } MB
site-gb = { $tenths } GB
site-public-everybody = Public: everybody
site-quietly-public-everybody-but-not-in = Quietly public: everybody, but not in lists
site-kb = { $n } KB
site-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
 }
site-then = { $tallies } then
site-tally-replies = { $n ->
    [one] { $n } reply
   *[other] { $n } replies
 }
site-tally-likes = { $n ->
    [one] { $n } like
   *[other] { $n } likes
 }
site-tally-boosts = { $n ->
    [one] { $n } boost
   *[other] { $n } boosts
 }
site-title-of-a-page = { $title } · { $name }
site-title-of-a-profile = { $name } ({ $handle })
site-title-of-a-post = { $author }: { $words }
site-count-posts = { $n ->
    [one] <strong>{ $n }</strong> post
   *[other] <strong>{ $n }</strong> posts
 }
site-count-followers = { $n ->
    [one] <strong>{ $n }</strong> follower
   *[other] <strong>{ $n }</strong> followers
 }
site-your-old-home = Your Old home
site-your-new-home = Your New home
site-post-it = Post
site-visitors-are-sent-there-only-you-still = Visitors are sent there. Only you still see this page, because you are signed in here.
site-to-followers-only = Followers only
site-to-people-mentioned-only = Only people mentioned
site-make-an-account-at = Make an account at { $domain }
site-these-names-are-free = These are free: { $names }.
site-your-name-here = Choose a name for { $domain }. It is yours at once and stays yours, whether you bring an account here or not.
site-password-length = At least 8 characters.
site-make-the-account = Make the account
site-make-an-account = Make an account
site-no-account-here-yet = No account here yet?
site-pace = About { $n } a minute; { $left } left.
site-less-than-a-minute = less than a minute
site-about-minutes = { $n ->
    [one] about one minute
   *[other] about { $n } minutes
}
site-about-hours = about { $n } hours
site-grade-confirmed = confirmed copy
site-copied-and-confirmed = Copied from { $origin }, which signed a list of what it has. This post is on it.
site-grade-served = copy
site-copied-and-not-signed = Copied from { $origin }, which handed it over and signed nothing.
site-grade-as-client = copy, read as a client
site-read-as-a-client = Read at { $origin } as any client reads, with its owner’s permission. { $origin } signed nothing.
site-grade-file = copy from a file, unconfirmed
site-from-an-archive-file = It stood in an archive file that says it comes from { $origin }. Nobody has confirmed it.
