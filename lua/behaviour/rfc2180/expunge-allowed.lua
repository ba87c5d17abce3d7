--- RFC 2180 sections 4.1.1 to 4.1.3: EXPUNGE succeeds whoever else is inside.
return behaviour {
  name  = "expunge-allowed",
  point = "expunge.in_use",
  cites = "MAP-4.1.1-a MAP-4.1.2-a MAP-4.1.3-a",

  EXPUNGE = function(msgs, by)
    msgs:expunge()
    return OK "Expunged"
  end,
}
