### Rules about who comes and goes: as sentences, and as the reasons of a refusal. Plain text; the API says them as well.

policy-nobody-may-come = Nobody may come.
policy-anyone-may-come = Anyone may come, from any server.
policy-invited-may-come = Only people who were invited may come.
policy-no-server-may-come = Nobody may come: the list of servers is empty.
policy-these-may-come = People may come from these servers only: { $servers }.
policy-all-but-these-may-come = People may come from any server but these: { $servers }.
policy-one-may-come = Only one account may come: { $account }.
policy-nobody-may-leave = Nobody may leave.
policy-anyone-may-leave = Anyone may leave, for any server.
policy-invited-may-leave = Only people who were invited may leave.
policy-no-server-may-be-left-for = Nobody may leave: the list of servers is empty.
policy-these-may-be-left-for = People may leave for these servers only: { $servers }.
policy-all-but-these-may-be-left-for = People may leave for any server but these: { $servers }.
policy-one-may-leave = Only one account may leave: { $account }.
policy-nobody-comes-from = Nobody comes from { $servers }.
policy-nobody-leaves-for = Nobody leaves for { $servers }.
policy-all-the-same = All the same, { $who } does, because: { $reason }.
policy-invited = Invited: { $names }.
policy-looks-at-everybody = An admin looks at everybody first.
policy-looks-at-new-servers = An admin looks first when nobody came from that server before.
policy-looks-above-posts = An admin looks first at more than { $n } posts.
policy-looks-above-bytes = An admin looks first at more than { $bytes } of files.
policy-most-posts = One account brings at most { $n } posts.
policy-most-bytes = One account brings at most { $bytes } of files.
policy-largest-file = Files above { $bytes } stay where they are.
policy-kinds-that-come = Of each account come: { $kinds }.
policy-nothing = nothing
policy-most-a-day = At most { $n } accounts come within 24 hours.
policy-most-accounts = Nobody comes while this server has more than { $n } accounts.
policy-free-disk = At least { $bytes } of the disk stay free.
policy-days-between-moves = { $n ->
    [one] Between two moves lies at least one day. Trying the same one again is free, and so is one that failed.
   *[other] Between two moves lie at least { $n } days. Trying the same one again is free, and so is one that failed.
 }
policy-days-between-announced-moves = { $n ->
    [one] Between two announced moves of an account lies at least one day.
   *[other] Between two announced moves of an account lie at least { $n } days.
 }
policy-sanctioned-may-leave = Accounts under a sanction may take their data along, if their sanction does not say otherwise.
policy-sanctioned-may-not-leave = Accounts under a sanction may not take their data along, if their sanction does not say otherwise.
policy-takes-nobody-from = { $here } takes nobody from { $server }. Only its admins can make an exception for an account.
policy-too-many-posts = { $here } takes at most { $most } posts of one account, and these are { $n }. Choose fewer, or ask the admins of { $here }.
policy-too-many-bytes = { $here } takes at most { $most } of files of one account, and these are { $bytes }. Leave files out, or ask the admins of { $here }.
policy-too-many-today = { $here } takes { $most } accounts within 24 hours, and so many have come. Try again tomorrow.
policy-is-full = { $here } has more than { $most } accounts and takes no others at present. Only its admins can change that.
policy-no-room = { $here } has no room for this at present: it needs { $needed }, and { $free } can be given. Leave files out, or try again later.
policy-cools-down = { $n ->
    [one] This account moved here shortly ago. { $here } takes another move of it tomorrow; trying the same one again is free.
   *[other] This account moved here shortly ago. { $here } takes another move of it in { $n } days; trying the same one again is free.
 }
policy-every-request = The admins of { $here } look at every request.
policy-new-server = Nobody came from that server before.
policy-more-posts = There are more posts than come without being looked at.
policy-more-files = There are more files than come without being looked at.
policy-unsaid = Old home does not say how much there is.
policy-accepts-certain-servers = { $here } accepts accounts from certain servers only, and { $other } is not among them. The admins of { $here } can add it. (Allowed: { $servers })
policy-none-yet = none yet
policy-any-server = any server
policy-accepts-all-but-some = { $here } accepts accounts from every server but some, and { $other } is one of those. Only the admins of { $here } can change that.
policy-accepts-one-account = { $here } accepts one particular account only, and this is another. The admins of { $here } can change that.
policy-accepts-the-invited = { $here } accepts accounts of people who were invited only, and this account is not. The admins of { $here } can invite it by its address.
policy-accepts-nobody = { $here } accepts accounts from nobody at present, so nothing can be copied from { $other }. Only the admins of { $here } can change that.
policy-lets-leave-for-certain-servers = { $here } lets accounts leave for certain servers only, and { $other } is not among them. The admins of { $here } can add it. (Allowed: { $servers })
policy-lets-leave-for-all-but-some = { $here } lets accounts leave for every server but some, and { $other } is one of those. Only the admins of { $here } can change that.
policy-lets-one-account-leave = { $here } lets one particular account leave only, and this is another. The admins of { $here } can change that.
policy-lets-the-invited-leave = { $here } lets accounts leave that were invited only, and this one was not. The admins of { $here } can invite it.
policy-lets-nobody-leave = { $here } lets accounts leave for nobody at present, so nothing can be copied for { $other }. Only the admins of { $here } can change that.
policy-not-for-that-server = The admins of { $here } do not let accounts leave for { $other }. They can make an exception for you; an archive of your account is not affected.
policy-kilobytes = { $n } KB
policy-megabytes = { $n } MB
policy-gigabytes = { $n } GB
