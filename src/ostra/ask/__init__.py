"""What can be asked: functions of a workspace or of assessments, each answered by a listing."""
