--- UW c-client: the messages that a session counts in its selected mailbox.
-- It counts a million at the most: of more it complains (mm_log), and goes on with 1000000. What no server may say (an EXPUNGE
-- beyond the view, EXISTS with fewer) it passes over.
return profile {
  library = "cclient-view",
  version = "2007f",
  known = {
    ["response"] = {
      ["view-count"] = "content",
    },
  },
}
