--- FETCH answers what is cached, yet says NO with EXPUNGEISSUED.
return behaviour {
  name  = "fetch-cached-no",
  point = "fetch.expunged",
  cites = "R5530-3",

  FETCH = function(msgs, by)
    if by.body then msgs:absent() else msgs:true_data() end
    return NO("Some messages were already expunged", "EXPUNGEISSUED")
  end,
}
