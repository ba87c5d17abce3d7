--- FETCH answers what is cached, passes over bodies that are gone, is OK and says EXPUNGEISSUED (Dovecot).
return behaviour {
  name  = "fetch-cached",
  point = "fetch.expunged",
  cites = "R5530-3",

  FETCH = function(msgs, by)
    if by.body then msgs:absent() else msgs:true_data() end
    return OK("Some messages were already expunged", "EXPUNGEISSUED")
  end,
}
