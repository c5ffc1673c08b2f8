Attribute VB_Name = "ShikakuRibbon"
Option Explicit

' Callbacks of addin/ribbon.xml, a line each. All work is in the argument-free Subs of
' ShikakuButtons, so that they can be run without a ribbon (and in tests without Excel). A tag says
' what a control's label is without a count, or by which rule it is greyed (ShikakuState).

Public Sub OnRibbonLoad(ribbon As IRibbonUI): Call RibbonLoaded(ribbon): End Sub
Public Sub GetCheckLabel(control As IRibbonControl, ByRef returnedVal): Call LabelOfCheck(control.Tag, returnedVal): End Sub
Public Sub GetByRule(control As IRibbonControl, ByRef returnedVal): Call EnabledByRule(control.Tag, returnedVal): End Sub

Public Sub OnNewBook(control As IRibbonControl): Call NewBook: End Sub
Public Sub OnCheckBook(control As IRibbonControl): Call CheckBook: End Sub
Public Sub OnTidyBook(control As IRibbonControl): Call TidyBook: End Sub
Public Sub OnImportMembers(control As IRibbonControl): Call ImportMembers: End Sub
Public Sub OnImportAcquisition(control As IRibbonControl): Call ImportAcquisition: End Sub
Public Sub OnImportDependants(control As IRibbonControl): Call ImportDependants: End Sub
Public Sub OnImportLoss(control As IRibbonControl): Call ImportLoss: End Sub
Public Sub OnUndoWrite(control As IRibbonControl): Call UndoWrite: End Sub
Public Sub OnSubmitBook(control As IRibbonControl): Call SubmitBook: End Sub
Public Sub OnDecideBook(control As IRibbonControl): Call DecideBook: End Sub
Public Sub OnLettersNoticeDigits(control As IRibbonControl): Call LettersNoticeDigits: End Sub
Public Sub OnLettersNotice(control As IRibbonControl): Call LettersNotice: End Sub
Public Sub OnLettersCertificate(control As IRibbonControl): Call LettersCertificate: End Sub
Public Sub OnLettersCertificateCover(control As IRibbonControl): Call LettersCertificateCover: End Sub
Public Sub OnLettersDistribution(control As IRibbonControl): Call LettersDistribution: End Sub
Public Sub OnLettersStatusCheck(control As IRibbonControl): Call LettersStatusCheck: End Sub
Public Sub OnLettersApplicationGuide(control As IRibbonControl): Call LettersApplicationGuide: End Sub
Public Sub OnLettersMynumberRequest(control As IRibbonControl): Call LettersMynumberRequest: End Sub
Public Sub OnLettersLateFiling(control As IRibbonControl): Call LettersLateFiling: End Sub
Public Sub OnLettersReturnRequest(control As IRibbonControl): Call LettersReturnRequest: End Sub
Public Sub OnLettersReturnReminder(control As IRibbonControl): Call LettersReturnReminder: End Sub
Public Sub OnLettersReturnFinal(control As IRibbonControl): Call LettersReturnFinal: End Sub
Public Sub OnLettersReturnLoss(control As IRibbonControl): Call LettersReturnLoss: End Sub
Public Sub OnLettersDecisionNotice(control As IRibbonControl): Call LettersDecisionNotice: End Sub
Public Sub OnLettersVoluntaryEnd(control As IRibbonControl): Call LettersVoluntaryEnd: End Sub
Public Sub OnLettersReceiptReply(control As IRibbonControl): Call LettersReceiptReply: End Sub
Public Sub OnLettersNotFiled(control As IRibbonControl): Call LettersNotFiled: End Sub
Public Sub OnLettersAll(control As IRibbonControl): Call LettersAll: End Sub
Public Sub OnUpdateLedger(control As IRibbonControl): Call UpdateLedger: End Sub
Public Sub OnRemindReturns(control As IRibbonControl): Call RemindReturns: End Sub
Public Sub OnFinalReturns(control As IRibbonControl): Call FinalReturns: End Sub
Public Sub OnShowSettings(control As IRibbonControl): Call ShowSettings: End Sub
Public Sub OnOpenOutput(control As IRibbonControl): Call OpenOutput: End Sub
Public Sub OnShowHelp(control As IRibbonControl): Call ShowHelp: End Sub
Public Sub OnShowVersion(control As IRibbonControl): Call ShowVersion: End Sub
Public Sub OnNextFinding(control As IRibbonControl): Call NextFinding: End Sub
Public Sub OnPreviousFinding(control As IRibbonControl): Call PreviousFinding: End Sub
Public Sub OnRowFindings(control As IRibbonControl): Call RowFindings: End Sub
Public Sub OnShowFindings(control As IRibbonControl): Call ShowFindings: End Sub
Public Sub OnClearMarks(control As IRibbonControl): Call ClearMarks: End Sub
Public Sub OnRowDecision(control As IRibbonControl): Call RowDecision: End Sub
Public Sub OnRowLetters(control As IRibbonControl): Call RowLetters: End Sub
Public Sub OnRecordReturn(control As IRibbonControl): Call RecordReturn: End Sub
