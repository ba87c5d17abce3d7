--- libetpan: the messages that a session counts in its selected mailbox.
-- It believes each EXISTS, the greater and the smaller, and takes one away at each EXPUNGE, whatever its number, 0 too, and below
-- nothing (FINDINGS.md). Only a server that breaks the rules shows any of that.
return profile {
  library = "libetpan-view",
  version = "1.9.4",
  known = {
    ["response"] = {
      ["exists-shrinks"] = "content",
      ["expunge-beyond-view"] = "content",
    },
  },
}
